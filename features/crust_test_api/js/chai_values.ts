// What Chai's assertions ask of values: kinds, sizes, paths, members, keys, thrown errors. Knows no sentence.
import { deeplyEquals } from "crust:test_api/equals";

/** Chai's name of a value's kind, in small letters. */
export function kindOf(value: any): string {
  if (value === null) return "null";
  if (value === undefined) return "undefined";
  const tag = value[Symbol.toStringTag];
  return (typeof tag === "string" ? tag : Object.prototype.toString.call(value).slice(8, -1)).toLowerCase();
}

const FUNCTIONS = ["function", "asyncfunction", "generatorfunction", "asyncgeneratorfunction"];

export function isA(value: unknown, kind: string): boolean {
  const found = kindOf(value);
  return kind === "function" ? FUNCTIONS.includes(found) : found === kind;
}

export function isNumeric(value: unknown): boolean {
  return isA(value, "number") || isA(value, "bigint");
}

export function isKeyed(value: unknown): value is Map<unknown, unknown> | Set<unknown> {
  return value instanceof Map || value instanceof Set;
}

/** Equality as a flag `deep` asks for it. */
export function same(deep: boolean, a: unknown, b: unknown): boolean {
  return deep ? deeplyEquals(a, b) : a === b;
}

/** The steps of `a.b[0]`, where `\\.` and `\\[` are letters. */
function steps(path: string): string[] {
  return [...path.matchAll(/((?:\\.|[^.[\]\\])+)/g)].map((match) => match[1]!.replace(/\\(.)/g, "$1"));
}

export function lookUp(from: any, name: PropertyKey, nested: boolean, own: boolean): { found: boolean; value: any } {
  const names: PropertyKey[] = nested && typeof name === "string" ? steps(name) : [name];
  let value = from;
  for (const step of names) {
    if (value === null || value === undefined) return { found: false, value: undefined };
    const found = own ? Object.hasOwn(Object(value), step) : step in Object(value);
    if (!found) return { found, value: undefined };
    value = value[step];
  }
  return { found: true, value };
}

/** Whether each of `wanted` is there: as a part, or else each exactly once and nothing more. */
export function hasMembers(value: Iterable<unknown>, wanted: unknown[], how: { deep: boolean; ordered: boolean; isPart: boolean }): boolean {
  const left = [...value];
  if (!how.isPart && left.length !== wanted.length) return false;
  if (how.ordered) return wanted.every((item, index) => index < left.length && same(how.deep, left[index], item));
  return wanted.every((item) => {
    const index = left.findIndex((one) => same(how.deep, one, item));
    if (index !== -1 && !how.isPart) left.splice(index, 1);
    return index !== -1;
  });
}

/** The names that `keys("a", "b")`, `keys(["a", "b"])` and `keys({ a: 1 })` speak of; undefined where they contradict. */
export function wantedKeys(value: unknown, given: any[]): unknown[] | undefined {
  const [first] = given;
  const isList = Array.isArray(first);
  if (isKeyed(value)) return isList && given.length === 1 ? first : given;
  const isOne = isList || isA(first, "object");
  if (isOne && given.length > 1) return undefined;
  const names: unknown[] = isList ? first : isOne ? Object.keys(first) : given;
  return names.map((name) => (typeof name === "symbol" ? name : String(name)));
}

export function hasKeys(value: any, wanted: unknown[], how: { deep: boolean; any: boolean; isPart: boolean }): boolean {
  const own: unknown[] = isKeyed(value) ? [...value.keys()] : Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  const has = (key: unknown): boolean => own.some((one) => same(how.deep, one, key));
  if (how.any) return wanted.some(has);
  return wanted.every(has) && (how.isPart || own.length === wanted.length);
}

export interface Thrown {
  threw: boolean;
  error: any;
}

export function calling(fn: () => unknown): Thrown {
  try {
    fn();
    return { threw: false, error: undefined };
  } catch (error) {
    return { threw: true, error };
  }
}

/** Whether an error is what `throw(kind, text)` speaks of. */
export function isThrown(error: any, kind: unknown, text: unknown): boolean {
  const message = String(typeof error === "string" ? error : error?.message ?? "");
  const matches = (wanted: unknown): boolean => (wanted instanceof RegExp ? wanted.test(message) : message.includes(String(wanted)));
  if (kind === undefined || kind === null) return text === undefined || matches(text);
  if (typeof kind === "string" || kind instanceof RegExp) return matches(kind);
  if (typeof kind === "function") return error instanceof kind && (text === undefined || matches(text));
  return error === kind && (text === undefined || matches(text));
}

/** The size of what has one. */
export function sizeOf(value: any): number {
  return isKeyed(value) ? value.size : value.length;
}

/** Chai's `containSubset`: what is expected may leave out properties at every depth, and check by functions. */
export function containsPart(value: any, wanted: any): boolean {
  if (value === wanted) return true;
  if (typeof wanted === "function" && typeof value !== "function") return Boolean(wanted(value));
  if (wanted === null || typeof wanted !== "object") return false;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(wanted)) {
    return Array.isArray(value) && wanted.every((item) => value.some((one) => containsPart(one, item)));
  }
  if (wanted instanceof Date) return value instanceof Date && +value === +wanted;
  return Object.keys(wanted).every((key) => containsPart(value[key], wanted[key]));
}

/** The word of a list that is most like one that is not there, as a hint. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = 4;
  for (const one of words) {
    const far = distance(word, one, least);
    if (far < least) [best, least] = [one, far];
  }
  return best;
}

/** How many letters differ, at most `most`. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most;
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let at = 1; at <= b.length; at++) {
      const changed = above[at - 1]! + (a[row - 1] === b[at - 1] ? 0 : 1);
      line.push(Math.min(changed, above[at]! + 1, line[at - 1]! + 1));
    }
    above = line;
  }
  return Math.min(above[b.length]!, most);
}
