// Chai's sentences on `expect(value)`, which Vitest has beside Jest's matchers: `expect(value).to.be.an("array").that.is.not.empty`.
// One object a sentence; its words collect flags, its assertions read them (chaijs.com/api/bdd).

import { AssertionError, count, Expectation } from "crust:test_api/expect_core";
import { deeplyEquals } from "crust:test_api/equals";
import { format } from "crust:test_api/format";
import { run } from "crust:test_api/state";
import { ASSERTIONS, CHAINS, FLAGS, type Flags } from "crust:test_api/chai_words";
import { calling, containsPart, hasKeys, hasMembers, isA, isKeyed, isNumeric, isThrown, kindOf, lookUp, nearest, same, sizeOf, wantedKeys, type Thrown } from "crust:test_api/chai_values";

interface State extends Flags {
  value: any;
  /** After `include` and `contain`: a part is enough. */
  isPart: boolean;
  /** After `length`: numbers are compared with the size. */
  isLength: boolean;
  label: string | undefined;
  isSoft: boolean;
  promise: Expectation["promise"];
  /** How far the call of `change` and its like moved a number. */
  moved: { by: number; verb: string } | undefined;
}

const STATE = Symbol("state");

/** What an assertion found: whether it holds, what was expected, and what was found in its place. */
type Verdict = [holds: boolean, expected: string, found?: string];
type Check = (state: State, ...args: any[]) => Verdict;

class Sentence {
  [STATE]: State;
  constructor(state: State) {
    this[STATE] = state;
  }
}

/** The assertion was asked about something it cannot judge: it fails, with `not` too. */
class Misuse {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

function need(holds: boolean, message: string | (() => string)): void {
  if (!holds) throw new Misuse(typeof message === "string" ? message : message());
}

function needFunction(value: unknown): void {
  need(typeof value === "function", () => `expected ${format(value)} to be a function`);
}

/** The sentence that begins with an expectation. */
export function sentenceOf(expectation: Expectation): any {
  const { received, isNot, label, isSoft, promise } = expectation;
  const sentence = (value: unknown): Sentence => new Sentence({
    value, not: isNot, deep: false, nested: false, own: false, ordered: false, any: false, itself: false,
    isPart: false, isLength: false, label, isSoft, promise, moved: undefined,
  });
  if (promise === "") return sentence(received);
  return later(settled(expectation).then(sentence));
}

function fail(state: State, message: string, below: Function): void {
  const error = new AssertionError(state.label === undefined ? message : `${state.label}: ${message}`);
  Object.defineProperty(error, "name", { value: "AssertionError", writable: true, configurable: true });
  Error.captureStackTrace(error, below);
  if (state.isSoft && run.attempt !== undefined) run.attempt.soft.push(error);
  else throw error;
}

/** Judges a sentence, and gives the state it goes on with: a message that was given stays. */
function judge(sentence: Sentence, check: Check, args: unknown[], message: unknown, below: Function): State {
  count();
  const state = message === undefined ? sentence[STATE] : { ...sentence[STATE], label: String(message) };
  let verdict: Verdict;
  try {
    verdict = check(state, ...args);
  } catch (error) {
    if (!(error instanceof Misuse)) throw error;
    fail(state, error.message, below);
    return state;
  }
  const [holds, expected, found] = verdict;
  if (holds === state.not) fail(state, `expected ${format(state.value)} ${state.not ? "not " : ""}${expected}${found === undefined || state.not ? "" : `, but got ${found}`}`, below);
  return state;
}

// --- how words are put on sentences

type Kind = "word" | "property" | "method" | "both";
const kinds = new Map<string, Kind>();
const known = new Set<string>(ASSERTIONS);

function put(name: string, kind: Kind, descriptor: PropertyDescriptor): void {
  if (kind !== "word" && !known.has(name)) throw new Error(`chai_words.ts does not list ${name}`);
  kinds.set(name, kind);
  Object.defineProperty(Sentence.prototype, name, { ...descriptor, configurable: true });
}

/** Refuses words behind a method that was not called. */
function guarded(name: string, assertion: Function): Function {
  return new Proxy(assertion, {
    get(target, word, receiver) {
      if (typeof word === "symbol" || Reflect.has(target, word) || SILENT.has(word)) return Reflect.get(target, word, receiver);
      throw new Error(`Invalid Chai property: ${name}.${word}. "${name}" is a method: call it first`);
    },
  });
}

/** `.ok` and the like: read, not called. */
function property(names: string[], check: Check): void {
  for (const name of names) {
    const get = function (this: Sentence): Sentence {
      judge(this, check, [], undefined, get);
      return this;
    };
    put(name, "property", { get });
  }
}

/** `.equal(other, message?)`, which takes `arity` arguments before the message. `next`: what the rest of the sentence is about, the value itself unless said otherwise. */
function method(names: string[], arity: number, check: Check, next?: (state: State, ...args: any[]) => unknown): void {
  for (const name of names) {
    const assertion = function (this: Sentence, ...args: unknown[]): Sentence {
      const given = args.slice(0, arity);
      const state = judge(this, check, given, args[arity], assertion);
      return new Sentence({ ...state, value: next === undefined ? state.value : next(state, ...given) });
    };
    const value = guarded(name, assertion);
    put(name, "method", { get: () => value });
  }
}

/** `.a("string")`, and `.a` as a word: a function that goes on as the sentence, which the word may change. */
function wordOrMethod(names: string[], change: Partial<State>, check: Check): void {
  for (const name of names) {
    put(name, "both", {
      get(this: Sentence) {
        const sentence = new Sentence({ ...this[STATE], ...change });
        const assertion = (wanted: unknown, message?: unknown): Sentence => new Sentence(judge(sentence, check, [wanted], message, assertion));
        delete (assertion as any).length;
        delete (assertion as any).name;
        return Object.setPrototypeOf(assertion, sentence);
      },
    });
  }
}

// --- words that are missing

/** What looks at any object asks for these; they are no words. */
const SILENT = new Set(["then", "catch", "inspect", "toJSON", "$$typeof", "asymmetricMatch", "nodeType", "tagName", "stack", "message"]);

function matcherOf(name: string): Function | undefined {
  const matcher = Object.getOwnPropertyDescriptor(Expectation.prototype, name)?.value;
  return typeof matcher === "function" && name !== "constructor" ? matcher : undefined;
}

function refuse(name: string): never {
  const hint = nearest(name, kinds.keys());
  throw new Error(`Invalid Chai property: ${name}${hint === undefined ? "" : `. Did you mean "${hint}"?`}`);
}

/** A Jest matcher in a sentence, about what the sentence is about. */
function matcherFor(sentence: Sentence, name: string): Function {
  return (...args: unknown[]): unknown => {
    const { value, not, label, isSoft } = sentence[STATE];
    const expectation: any = new Expectation(value, label);
    expectation.isNot = not;
    expectation.isSoft = isSoft;
    return expectation[name](...args);
  };
}

Object.setPrototypeOf(Sentence.prototype, new Proxy(Object.create(Object.prototype), {
  get(target, name, sentence) {
    if (typeof name === "symbol" || name in target || SILENT.has(name)) return Reflect.get(target, name, sentence);
    return matcherOf(name) === undefined ? refuse(name) : matcherFor(sentence, name);
  },
}));

// --- after `resolves` and `rejects`

async function settled(expectation: Expectation): Promise<unknown> {
  const { promise, received, label } = expectation;
  const subject: any = typeof received === "function" ? received() : received;
  const prefix = label === undefined ? "" : `${label}: `;
  if (typeof subject?.then !== "function") throw new AssertionError(`${prefix}expected ${format(received)} to be a promise, as .${promise} is about one`);
  let value: unknown;
  try {
    value = await subject;
  } catch (error) {
    if (promise === "rejects") return error;
    throw new AssertionError(`${prefix}expected promise to resolve, but it rejected with ${format(error)}`);
  }
  if (promise === "resolves") return value;
  throw new AssertionError(`${prefix}expected promise to reject, but it resolved to ${format(value)}`);
}

/** A sentence about a promise: its words are said when the promise is settled, and it can be awaited. */
function later(tail: Promise<any>): any {
  const onward = (next: Promise<unknown>, isAssertion: boolean): any => {
    // What asserts nothing yet has nobody who waits for it.
    if (!isAssertion) next.catch(() => {});
    return later(next);
  };
  const word = (name: string): any => {
    const kind = kinds.get(name) ?? (matcherOf(name) === undefined ? refuse(name) : "method");
    const call = (...args: unknown[]): any => onward(tail.then((sentence) => {
      const next = sentence[name](...args);
      return next instanceof Sentence ? next : sentence;
    }), true);
    if (kind === "method") return call;
    const read = onward(tail.then((sentence) => sentence[name]), kind === "property");
    return kind === "both" ? new Proxy(call, { get: (_, next) => read[next] }) : read;
  };
  return new Proxy({}, {
    get(_, name) {
      if (name === "then") return (resolve?: (value: unknown) => unknown, reject?: (error: unknown) => unknown) => tail.then(resolve && (() => resolve(undefined)), reject);
      if (name === "catch") return (reject: (error: unknown) => unknown) => tail.then(() => undefined, reject);
      if (name === "finally") return (done: () => void) => tail.then(() => undefined).finally(done);
      return typeof name === "symbol" || SILENT.has(name) ? undefined : word(name);
    },
  });
}

// --- the words

for (const word of CHAINS) put(word, "word", { get(this: Sentence) { return this; } });
for (const [word, flags] of Object.entries(FLAGS)) {
  put(word, "word", { get(this: Sentence) { return new Sentence({ ...this[STATE], ...flags }); } });
}

wordOrMethod(["a", "an"], {}, (state, kind) => {
  need(typeof kind === "string", "the argument to a must be the name of a kind");
  return [isA(state.value, kind.toLowerCase()), `to be ${/^[aeiou]/i.test(kind) ? "an" : "a"} ${kind}`];
});
wordOrMethod(["include", "includes", "contain", "contains"], { isPart: true }, (state, item) => [includes(state, item), `to ${state.deep ? "deeply " : ""}include ${format(item)}`]);

function includes(state: State, item: any): boolean {
  const { value, deep } = state;
  if (typeof value === "string") return value.includes(item);
  if (value instanceof WeakSet) {
    need(!deep, "unable to use .deep.include with WeakSet");
    return value.has(item);
  }
  if (Array.isArray(value) || isKeyed(value) || ArrayBuffer.isView(value)) return [...(value as any).values()].some((one) => same(deep, one, item));
  need(Object(item) === item && value !== null && value !== undefined, () => `include takes no ${kindOf(item)} where the value is a ${kindOf(value)}: only arrays, maps, sets, weak sets and strings include one, and objects include objects`);
  return Reflect.ownKeys(item).every((key) => {
    const { found, value: own } = lookUp(value, key, state.nested, state.own);
    return found && same(deep, own, item[key]);
  });
}

property(["ok"], (state) => [Boolean(state.value), "to be truthy"]);
property(["true"], (state) => [state.value === true, "to be true"]);
property(["false"], (state) => [state.value === false, "to be false"]);
property(["null"], (state) => [state.value === null, "to be null"]);
property(["undefined"], (state) => [state.value === undefined, "to be undefined"]);
property(["NaN"], (state) => [Number.isNaN(state.value), "to be NaN"]);
property(["exist", "exists"], (state) => [state.value !== null && state.value !== undefined, "to exist"]);
property(["empty"], ({ value }) => {
  need(!(value instanceof WeakMap || value instanceof WeakSet), ".empty was passed a weak collection");
  need(typeof value !== "function", ".empty was passed a function");
  if (typeof value === "string" || Array.isArray(value) || isKeyed(value)) return [sizeOf(value) === 0, "to be empty"];
  need(Object(value) === value, () => `.empty was passed non-string primitive ${format(value)}`);
  return [Object.keys(value).length === 0, "to be empty"];
});
property(["arguments", "Arguments"], (state) => [kindOf(state.value) === "arguments", "to be arguments", kindOf(state.value)]);
property(["extensible"], (state) => [Object.isExtensible(state.value), "to be extensible"]);
property(["sealed"], (state) => [Object.isSealed(state.value), "to be sealed"]);
property(["frozen"], (state) => [Object.isFrozen(state.value), "to be frozen"]);
property(["finite"], (state) => [Number.isFinite(state.value), "to be a finite number"]);
property(["numeric"], (state) => [isNumeric(state.value), "to be numeric"]);
property(["callable"], (state) => [typeof state.value === "function", "to be a callable function"]);
property(["iterable"], (state) => [typeof state.value?.[Symbol.iterator] === "function", "to be an iterable"]);

method(["equal", "equals", "eq"], 1, (state, other) => [same(state.deep, state.value, other), `to ${state.deep ? "deeply " : ""}equal ${format(other)}`]);
method(["eql", "eqls"], 1, (state, other) => [deeplyEquals(state.value, other), `to deeply equal ${format(other)}`]);

/** The number that `above` and its like compare, and the words for it. Both sides must be numbers, or both dates. */
function compared(state: State, name: string, bounds: unknown[]): { amount: any; what: string; found: string | undefined } {
  const { value } = state;
  const isDate = !state.isLength && value instanceof Date;
  const argument = bounds.length === 1 ? `the argument to ${name} must be a` : `the arguments to ${name} must be`;
  const plural = bounds.length === 1 ? "" : "s";
  if (isDate) need(bounds.every((bound) => bound instanceof Date), `${argument} date${plural}`);
  else {
    if (state.isLength) needLength(value);
    else need(isNumeric(value), () => `expected ${format(value)} to be a number or a date`);
    need(bounds.every(isNumeric), `${argument} number${plural}`);
  }
  const amount = state.isLength ? sizeOf(value) : value;
  return { amount, what: state.isLength ? `to have a ${isKeyed(value) ? "size" : "length"}` : "to be", found: state.isLength ? String(amount) : undefined };
}

function needLength(value: any): void {
  need(isKeyed(value) || (value !== null && value !== undefined && "length" in Object(value)), () => `expected ${format(value)} to have a length`);
}

function comparison(names: string[], words: string, holds: (amount: any, bound: any) => boolean): void {
  method(names, 1, (state, bound) => {
    const { amount, what, found } = compared(state, names[0]!, [bound]);
    return [holds(amount, bound), `${what} ${words} ${format(bound)}`, found];
  });
}
comparison(["above", "gt", "greaterThan"], "above", (amount, bound) => amount > bound);
comparison(["least", "gte", "greaterThanOrEqual"], "at least", (amount, bound) => amount >= bound);
comparison(["below", "lt", "lessThan"], "below", (amount, bound) => amount < bound);
comparison(["most", "lte", "lessThanOrEqual"], "at most", (amount, bound) => amount <= bound);
method(["within"], 2, (state, low, high) => {
  const { amount, what, found } = compared(state, "within", [low, high]);
  return [amount >= low && amount <= high, `${what} within ${format(low)}..${format(high)}`, found];
});
method(["closeTo", "approximately"], 2, ({ value }, wanted, delta) => {
  need(isNumeric(value), () => `expected ${format(value)} to be numeric`);
  need(delta !== undefined, "closeTo needs a second number: how far the value may be off");
  need(isNumeric(wanted) && isNumeric(delta), "the arguments to closeTo must be numeric");
  const far = value - wanted;
  return [(far < 0 ? -far : far) <= delta, `to be close to ${format(wanted)} +/- ${format(delta)}`];
});
method(["instanceof", "instanceOf"], 1, (state, type) => {
  need(typeof type === "function" || typeof type?.[Symbol.hasInstance] === "function", () => `the instanceof assertion needs a constructor, but ${kindOf(type)} was given`);
  return [state.value instanceof type, `to be an instance of ${type.name || "an unnamed constructor"}`];
});

function hasProperty(state: State, own: boolean, name: PropertyKey, wanted: unknown[]): Verdict {
  need(!(state.nested && own), 'the "nested" and "own" flags cannot be combined');
  need(["string", "number", "symbol"].includes(typeof name), "the argument to property must be a string, number, or symbol");
  need(state.value !== null && state.value !== undefined, "the value whose property is asked for is null or undefined");
  const { found, value } = lookUp(state.value, name, state.nested, own);
  const holds = found && (wanted.length === 0 || same(state.deep, value, wanted[0]));
  const what = `to have ${state.deep ? "deep " : ""}${state.nested ? "nested " : ""}${own ? "own " : ""}property ${format(name)}`;
  return [holds, `${what}${wanted.length === 0 ? "" : ` of ${format(wanted[0])}`}`, found && wanted.length > 0 ? format(value) : undefined];
}
method(["property"], 2, (state, name, ...wanted) => hasProperty(state, state.own, name, wanted), (state, name) => lookUp(state.value, name, state.nested, state.own).value);
method(["ownProperty", "haveOwnProperty"], 2, (state, name, ...wanted) => hasProperty(state, true, name, wanted), (state, name) => lookUp(state.value, name, state.nested, true).value);
method(["ownPropertyDescriptor", "haveOwnPropertyDescriptor"], 2, (state, name, ...wanted) => {
  const found = Object.getOwnPropertyDescriptor(Object(state.value), name);
  return [found !== undefined && (wanted.length === 0 || deeplyEquals(found, wanted[0])), `to have own property descriptor for ${format(name)}${wanted.length === 0 ? "" : ` of ${format(wanted[0])}`}`];
}, (state, name) => Object.getOwnPropertyDescriptor(Object(state.value), name));
wordOrMethod(["length", "lengthOf"], { isLength: true }, ({ value }, wanted) => {
  needLength(value);
  return [sizeOf(value) === wanted, `to have a ${isKeyed(value) ? "size" : "length"} of ${format(wanted)}`, String(sizeOf(value))];
});

method(["match", "matches"], 1, (state, expression) => {
  need(expression instanceof RegExp, "the argument to match must be a regular expression");
  return [expression.exec(state.value) !== null, `to match ${format(expression)}`];
});
method(["string"], 1, ({ value }, text) => {
  need(typeof value === "string", () => `expected ${format(value)} to be a string`);
  return [value.includes(text), `to contain ${format(text)}`];
});
method(["members"], 1, ({ value, deep, ordered, isPart }, wanted) => {
  for (const list of [value, wanted]) need(typeof list?.[Symbol.iterator] === "function", () => `expected ${format(list)} to be an iterable`);
  const how = `${deep ? "deep " : ""}${ordered ? "ordered " : ""}`;
  return [hasMembers(value, [...wanted], { deep, ordered, isPart }), isPart ? `to include the ${how}members ${format(wanted)}` : `to have the same ${how}members as ${format(wanted)}`];
});
method(["oneOf"], 1, ({ value, deep, isPart }, list) => {
  need(Array.isArray(list), () => `expected ${format(list)} to be an array`);
  if (!isPart) return [list.some((one: unknown) => same(deep, value, one)), `to be one of ${format(list)}`];
  need(typeof value === "string" || Array.isArray(value), () => `expected ${format(value)} to be a string or an array`);
  const has = (one: any): boolean => (typeof value === "string" ? value.includes(one) : value.some((own: unknown) => same(deep, own, one)));
  return [list.some(has), `to contain one of ${format(list)}`];
});
method(["keys", "key"], Infinity, ({ value, deep, any, isPart }, ...names) => {
  need(Object(value) === value, () => `the value whose keys are asked for is no object: ${format(value)}`);
  const wanted = wantedKeys(value, names);
  need(wanted !== undefined, "keys takes one array, one object, or several names");
  need(wanted!.length > 0, "keys required");
  return [hasKeys(value, wanted!, { deep, any, isPart }), `to ${isPart ? "contain" : "have"} ${any ? "any of the " : ""}keys ${format(wanted)}`];
});
method(["containSubset"], 1, (state, wanted) => [containsPart(state.value, wanted), `to contain the subset ${format(wanted)}`]);

function thrown({ value, promise }: State): Thrown {
  // The promise threw it already.
  if (promise === "rejects" && typeof value !== "function") return { threw: true, error: value };
  needFunction(value);
  return calling(value);
}
/** What the last `throw` caught: the function runs once, and the sentence goes on about its error. */
let caught: Thrown = { threw: false, error: undefined };
method(["throw", "throws", "Throw"], 2, (state, kind, text) => {
  caught = thrown(state);
  const { threw, error } = caught;
  const wanted = kind === undefined || kind === null ? (text === undefined ? "an error" : `an error with ${format(text)}`) : `${typeof kind === "function" ? kind.name || "an unnamed class" : format(kind)}${text === undefined ? "" : ` with ${format(text)}`}`;
  return [threw && isThrown(error, kind, text), `to throw ${wanted}`, threw ? format(error) : "no error"];
}, () => caught.error);

method(["respondTo", "respondsTo"], 1, ({ value, itself }, name) => {
  const owner = typeof value === "function" && !itself ? value.prototype : value;
  return [typeof owner?.[name] === "function", `to respond to ${format(name)}`];
});
method(["satisfy", "satisfies"], 1, (state, check) => {
  needFunction(check);
  return [Boolean(check(state.value)), `to satisfy ${format(check)}`];
});

/** `change(fn)` and `change(object, name)`: what is read before and after the call. */
function movement(names: string[], direction: number): void {
  for (const name of names) {
    const assertion = function (this: Sentence, subject: any, key?: any, message?: unknown): Sentence {
      let moved: State["moved"];
      const state = judge(this, (own) => {
        const [before, after] = measured(own.value, subject, key, direction !== 0);
        moved = { by: direction === 0 ? Math.abs(after - before) : (after - before) * direction, verb: names[0]! };
        const what = key === undefined ? "what the function gives" : `.${String(key)}`;
        return [direction === 0 ? after !== before : (after - before) * direction > 0, `to ${names[0]} ${what}, which was ${format(before)}`, `${format(after)}`];
      }, [], message, assertion);
      return new Sentence({ ...state, moved });
    };
    const value = guarded(name, assertion);
    put(name, "method", { get: () => value });
  }
}

function measured(fn: any, subject: any, key: any, isNumber: boolean): [before: any, after: any] {
  needFunction(fn);
  if (key === undefined || key === null) needFunction(subject);
  else need(Object(subject) === subject && key in subject, () => `expected ${format(subject)} to have property ${format(key)}`);
  const read = (): any => (key === undefined || key === null ? subject() : subject[key]);
  const before = read();
  if (isNumber) need(typeof before === "number", () => `expected ${format(before)} to be a number`);
  fn();
  return [before, read()];
}
movement(["change", "changes"], 0);
movement(["increase", "increases"], 1);
movement(["decrease", "decreases"], -1);
method(["by"], 1, ({ moved }, delta) => {
  need(moved !== undefined, "by follows change, increase or decrease");
  return [moved!.by === delta, `to ${moved!.verb} it by ${format(delta)}`, String(moved!.by)];
});
