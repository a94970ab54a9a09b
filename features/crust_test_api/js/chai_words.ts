// The words of Chai's sentences (chaijs.com/api/bdd): the one list that `expect` offers and `chai_expect.ts` gives a meaning.

/** Words that mean nothing. */
export const CHAINS = ["to", "be", "been", "is", "that", "which", "and", "has", "have", "with", "at", "of", "same", "but", "does", "still", "also"] as const;

/** What a sentence has been told so far. */
export interface Flags {
  not: boolean;
  deep: boolean;
  nested: boolean;
  own: boolean;
  ordered: boolean;
  any: boolean;
  itself: boolean;
}

/** Words that set a flag. `not` is the expectation's own, too. */
export const FLAGS: Record<string, Partial<Flags>> = {
  not: { not: true }, deep: { deep: true }, nested: { nested: true }, own: { own: true }, ordered: { ordered: true },
  any: { any: true }, all: { any: false }, itself: { itself: true },
};

/** Words that check something. */
export const ASSERTIONS = [
  "a", "an", "include", "includes", "contain", "contains", "ok", "true", "false", "null", "undefined", "NaN", "exist", "exists", "empty",
  "arguments", "Arguments", "extensible", "sealed", "frozen", "finite", "numeric", "callable", "iterable",
  "equal", "equals", "eq", "eql", "eqls", "above", "gt", "greaterThan", "least", "gte", "greaterThanOrEqual", "below", "lt", "lessThan",
  "most", "lte", "lessThanOrEqual", "within", "closeTo", "approximately", "instanceof", "instanceOf",
  "property", "ownProperty", "haveOwnProperty", "ownPropertyDescriptor", "haveOwnPropertyDescriptor", "length", "lengthOf",
  "match", "matches", "string", "members", "oneOf", "keys", "key", "throw", "throws", "Throw", "respondTo", "respondsTo",
  "satisfy", "satisfies", "change", "changes", "increase", "increases", "decrease", "decreases", "by", "containSubset",
] as const;
