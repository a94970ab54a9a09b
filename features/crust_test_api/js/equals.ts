// Deep equality as `toEqual` and `toStrictEqual` define it, with asymmetric matchers and custom testers.
// Getters are read; nothing is changed.
import { isAsymmetric } from "crust:test_api/format";

export interface Equality {
  /** Also holes and properties that are undefined. */
  strict: boolean;
  /** `toMatchObject`: the received value may have more. */
  subset: boolean;
  /** Values of different classes differ. */
  classes: boolean;
}

const LOOSE: Equality = { strict: false, subset: false, classes: false };
const STRICT: Equality = { strict: true, subset: false, classes: true };
const SUBSET: Equality = { strict: false, subset: true, classes: false };
/** Chai's: strict, but blind to classes. */
const DEEP: Equality = { strict: true, subset: false, classes: false };

export const testers: Array<(this: any, a: unknown, b: unknown, testers: unknown[]) => boolean | undefined> = [];

const { getPrototypeOf, hasOwn, keys, getOwnPropertySymbols } = Object;
const isEnumerable = Object.prototype.propertyIsEnumerable;
const toString = Object.prototype.toString;

export function equals(a: unknown, b: unknown): boolean {
  return same(a, b, LOOSE, undefined);
}
export function strictlyEquals(a: unknown, b: unknown): boolean {
  return same(a, b, STRICT, undefined);
}
export function deeplyEquals(a: unknown, b: unknown): boolean {
  return same(a, b, DEEP, undefined);
}
export function containsSubset(received: unknown, expected: unknown): boolean {
  return same(received, expected, SUBSET, undefined);
}

interface Pair {
  a: unknown;
  b: unknown;
  outer: Pair | undefined;
}

function same(a: unknown, b: unknown, how: Equality, outer: Pair | undefined): boolean {
  if (Object.is(a, b)) return true;
  const typeA = typeof a;
  const typeB = typeof b;
  const objectA = (typeA === "object" && a !== null) || typeA === "function";
  const objectB = (typeB === "object" && b !== null) || typeB === "function";
  if (!objectA && !objectB) return false;
  const asymmetric = matchAsymmetric(a, b, objectA, objectB);
  if (asymmetric !== undefined) return asymmetric;
  if (testers.length > 0) {
    const context = { equals: (x: unknown, y: unknown) => same(x, y, how, undefined) };
    for (const tester of testers) {
      const result = tester.call(context, a, b, testers);
      if (result !== undefined) return result;
    }
  }
  if (typeA !== "object" || typeB !== "object" || a === null || b === null) return false;
  for (let pair = outer; pair !== undefined; pair = pair.outer) {
    if (pair.a === a) return pair.b === b;
    if (pair.b === b) return pair.a === a;
  }
  return sameObjects(a as object, b as object, how, { a, b, outer });
}

function matchAsymmetric(a: unknown, b: unknown, objectA: boolean, objectB: boolean): boolean | undefined {
  const left = objectA && isAsymmetric(a);
  const right = objectB && isAsymmetric(b);
  if (left && right) return undefined;
  if (left) return Boolean((a as any).asymmetricMatch(b));
  if (right) return Boolean((b as any).asymmetricMatch(a));
  return undefined;
}

function sameObjects(a: any, b: any, how: Equality, path: Pair): boolean {
  const protoA = getPrototypeOf(a);
  const protoB = getPrototypeOf(b);
  const plain = (protoA === Object.prototype || protoA === null) && (protoB === Object.prototype || protoB === null);
  if (plain && !(Symbol.toStringTag in a) && !(Symbol.iterator in a)) return sameProperties(a, b, how, path);
  // A plain object stands for whatever has these properties, also an error.
  if (how.subset && (protoB === Object.prototype || protoB === null) && !Array.isArray(a)) return sameProperties(a, b, how, path);
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b)) return false;
    if (how.classes && protoA !== protoB) return false;
    return sameArrays(a, b, how, path);
  }
  const tag = toString.call(a);
  if (tag !== toString.call(b)) return false;
  if (how.classes && a.constructor !== b.constructor && typeof a.constructor === "function" && typeof b.constructor === "function") return false;
  const special = sameSpecial(a, b, tag, how, path);
  return special ?? sameProperties(a, b, how, path);
}

function sameSpecial(a: any, b: any, tag: string, how: Equality, path: Pair): boolean | undefined {
  switch (tag) {
    case "[object Boolean]": case "[object String]": case "[object Number]":
      return typeof a === typeof b && Object.is(a.valueOf(), b.valueOf());
    case "[object Date]":
      return Object.is(+a, +b);
    case "[object RegExp]":
      return a.source === b.source && a.flags === b.flags;
    case "[object Map]":
      return a instanceof Map && b instanceof Map ? sameMaps(a, b, how, path) && sameProperties(a, b, how, path) : undefined;
    case "[object Set]":
      return a instanceof Set && b instanceof Set ? sameSets(a, b, how, path) && sameProperties(a, b, how, path) : undefined;
    case "[object ArrayBuffer]": case "[object SharedArrayBuffer]":
      return sameBytes(new Uint8Array(a), new Uint8Array(b));
    case "[object DataView]":
      return sameBytes(new Uint8Array(a.buffer, a.byteOffset, a.byteLength), new Uint8Array(b.buffer, b.byteOffset, b.byteLength));
    default:
  }
  if (a instanceof Error && b instanceof Error) return sameErrors(a, b, how, path);
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return sameArrays(a as any, b as any, how, path);
  if (a instanceof URL && b instanceof URL) return a.href === b.href;
  if (typeof a[Symbol.iterator] === "function" && typeof b[Symbol.iterator] === "function" && a.constructor === b.constructor && !("length" in a)) {
    return sameArrays([...a], [...b], how, path) && sameProperties(a, b, how, path);
  }
  return undefined;
}

function sameErrors(a: any, b: any, how: Equality, path: Pair): boolean {
  if (a.message !== b.message || a.name !== b.name) return false;
  if (!same(a.cause, b.cause, how, path)) return false;
  if (how.classes && getPrototypeOf(a) !== getPrototypeOf(b)) return false;
  return a.errors === undefined && b.errors === undefined ? true : same(a.errors, b.errors, how, path);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function isDense(value: any): boolean {
  const names = keys(value);
  const { length } = value;
  // Names that are no indices come last.
  return names.length === length && (length === 0 || names[length - 1] === String(length - 1)) && getOwnPropertySymbols(value).length === 0;
}

function sameArrays(a: any, b: any, how: Equality, path: Pair): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (how.strict && hasOwn(a, i) !== hasOwn(b, i)) return false;
    if (!same(a[i], b[i], how, path)) return false;
  }
  if (ArrayBuffer.isView(a)) return true;
  // Elements and nothing else is the usual case.
  if (isDense(a) && isDense(b)) return true;
  return sameProperties(a, b, how, path, true);
}

const isIndex = /^\d+$/;

function ownKeys(value: object, skipIndices: boolean): PropertyKey[] {
  let names: PropertyKey[] = keys(value);
  if (skipIndices) names = names.filter((name) => !isIndex.test(name as string));
  const symbols = getOwnPropertySymbols(value);
  if (symbols.length > 0) for (const symbol of symbols) if (isEnumerable.call(value, symbol)) names.push(symbol);
  return names;
}

function sameProperties(a: any, b: any, how: Equality, path: Pair, skipIndices = false): boolean {
  const expected = ownKeys(b, skipIndices);
  const exact = how.strict || how.subset;
  for (let i = 0; i < expected.length; i++) {
    const key = expected[i]!;
    if (exact && !hasOwn(a, key) && !(how.subset && key in a)) return false;
    if (!same(a[key], b[key], how, path)) return false;
  }
  if (how.subset) return true;
  const received = ownKeys(a, skipIndices);
  if (how.strict) return received.length === expected.length && received.every((key) => hasOwn(b, key));
  for (let i = 0; i < received.length; i++) {
    const key = received[i]!;
    if (a[key] !== undefined && !hasOwn(b, key)) return false;
  }
  return true;
}

function sameMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, how: Equality, path: Pair): boolean {
  if (a.size !== b.size) return false;
  const left = new Set(b.keys());
  for (const [key, value] of a) {
    if (b.has(key) && same(value, b.get(key), how, path)) {
      left.delete(key);
      continue;
    }
    let found = false;
    for (const other of left) {
      if (same(key, other, how, path) && same(value, b.get(other), how, path)) {
        left.delete(other);
        found = true;
        break;
      }
    }
    if (!found) return false;
  }
  return true;
}

function sameSets(a: Set<unknown>, b: Set<unknown>, how: Equality, path: Pair): boolean {
  if (a.size !== b.size) return false;
  const left = new Set(b);
  for (const value of a) {
    if (left.delete(value)) continue;
    let found = false;
    for (const other of left) {
      if (same(value, other, how, path)) {
        left.delete(other);
        found = true;
        break;
      }
    }
    if (!found) return false;
  }
  return true;
}
