// Deep equality as `util.isDeepStrictEqual` and `assert` define it: strict, loose and partial.
// Never changes what it compares; cycles are tracked by the pairs on the path.

import * as types from "crust:node/util/types";

export type Mode = "strict" | "loose" | "partial";

interface Comparison {
  mode: Mode;
  /** Prototypes need not match (`skipPrototype` of `util.isDeepStrictEqual`). */
  skipPrototype: boolean;
  /** Left values on the current path, each with the right value it is being compared with. */
  path: Map<unknown, unknown> | undefined;
  depth: number;
}

const hasOwn = Object.prototype.hasOwnProperty;
const isEnumerable = Object.prototype.propertyIsEnumerable;

export function isDeepEqual(a: unknown, b: unknown, mode: Mode = "strict", skipPrototype = false): boolean {
  return same(a, b, { mode, skipPrototype, path: undefined, depth: 0 });
}

function samePrimitive(a: any, b: any, mode: Mode): boolean {
  if (mode !== "loose") return Object.is(a, b);
  // eslint-disable-next-line eqeqeq -- loose mode is defined by `==`
  return a == b || (a !== a && b !== b);
}

function same(a: any, b: any, how: Comparison): boolean {
  if (a === b) return a !== 0 || how.mode === "loose" || Object.is(a, b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    if (how.mode !== "loose") return Object.is(a, b);
    const aIsObject = typeof a === "object" && a !== null;
    const bIsObject = typeof b === "object" && b !== null;
    return !aIsObject && !bIsObject && samePrimitive(a, b, how.mode);
  }
  if (how.mode !== "loose" && !how.skipPrototype && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) {
    if (how.mode === "strict" ? !sameConstructor(a, b) : !samePartialPrototype(a, b)) return false;
  }
  return sameOnPath(a, b, how);
}

/** Objects of one constructor are alike even when a prototype lies between. */
function sameConstructor(a: any, b: any): boolean {
  return a.constructor !== undefined && a.constructor === b.constructor && !hasOwn.call(a, "constructor") && !hasOwn.call(b, "constructor");
}

/** Partial comparison lets a plain object stand for any object, as a list of expected properties. */
function samePartialPrototype(_a: object, b: object): boolean {
  const proto = Object.getPrototypeOf(b);
  return proto === Object.prototype || proto === null;
}

/** Shallow values cannot be cyclic: the path is kept from here on. */
const UNTRACKED_DEPTH = 8;

function sameOnPath(a: any, b: any, how: Comparison): boolean {
  if (how.depth < UNTRACKED_DEPTH) {
    how.depth++;
    const result = sameContents(a, b, how);
    how.depth--;
    return result;
  }
  how.path ??= new Map();
  if (how.path.has(a)) return how.path.get(a) === b;
  how.path.set(a, b);
  const result = sameContents(a, b, how);
  how.path.delete(a);
  return result;
}

function sameContents(a: any, b: any, how: Comparison): boolean {
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a)) return sameArrays(a, b, how);
  const tag = tagOf(a);
  if (tag !== tagOf(b)) return false;
  if (tag === "[object Object]" && hasPlainPrototype(a) && hasPlainPrototype(b)) return sameProperties(a, b, how, false);
  if (types.isDate(a)) {
    if (!types.isDate(b) || !Object.is(Date.prototype.getTime.call(a), Date.prototype.getTime.call(b))) return false;
  } else if (types.isRegExp(a)) {
    if (!types.isRegExp(b) || a.source !== b.source || a.flags !== b.flags || a.lastIndex !== b.lastIndex) return false;
  } else if (types.isNativeError(a) || a instanceof Error) {
    if (!sameErrors(a, b, how)) return false;
  } else if (ArrayBuffer.isView(a)) {
    return ArrayBuffer.isView(b) && sameViews(a, b, how) && sameProperties(a, b, how, true);
  } else if (types.isSet(a)) {
    return types.isSet(b) && sameSets(a, b, how) && sameProperties(a, b, how, false);
  } else if (types.isMap(a)) {
    return types.isMap(b) && sameMaps(a, b, how) && sameProperties(a, b, how, false);
  } else if (types.isAnyArrayBuffer(a)) {
    if (!types.isAnyArrayBuffer(b) || !sameBytes(new Uint8Array(a), new Uint8Array(b), how)) return false;
  } else if (types.isBoxedPrimitive(a)) {
    if (!types.isBoxedPrimitive(b) || !Object.is(a.valueOf(), b.valueOf())) return false;
  } else if (isOpaque(a) || isOpaque(b)) {
    return false;
  } else if (typeof URL === "function" && a instanceof URL && b instanceof URL) {
    if (a.href !== b.href) return false;
  } else if (Array.isArray(b) || ArrayBuffer.isView(b) || types.isSet(b) || types.isMap(b) || types.isDate(b) || types.isRegExp(b) || types.isBoxedPrimitive(b) || types.isNativeError(b)) {
    return false;
  }
  return sameProperties(a, b, how, false);
}

const tagOf = (value: object): string => Object.prototype.toString.call(value);

/** An object literal: asking it for the slots of every kind of object would throw once per kind. */
function hasPlainPrototype(value: object): boolean {
  const proto = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null;
}

/** Values whose contents cannot be seen are equal only to themselves. */
function isOpaque(value: unknown): boolean {
  return types.isWeakMap(value) || types.isWeakSet(value) || types.isPromise(value) || value instanceof WeakRef;
}

function sameErrors(a: any, b: any, how: Comparison): boolean {
  if (!(types.isNativeError(b) || b instanceof Error)) return false;
  for (const key of ["message", "name"]) {
    if (how.mode !== "partial" || hasOwn.call(b, key) || key === "message") if (a[key] !== b[key]) return false;
  }
  for (const key of ["cause", "errors"]) {
    if (how.mode === "partial" && !hasOwn.call(b, key)) continue;
    if (isEnumerable.call(a, key) && isEnumerable.call(b, key)) continue;
    if (hasOwn.call(a, key) !== hasOwn.call(b, key) || !same(a[key], b[key], how)) return false;
  }
  return true;
}

function sameBytes(a: ArrayLike<unknown>, b: ArrayLike<unknown>, how: Comparison): boolean {
  if (how.mode === "partial") return isSubsequence(Array.from(a), Array.from(b), how);
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function sameViews(a: any, b: any, how: Comparison): boolean {
  if (types.isDataView(a)) {
    return types.isDataView(b) && sameBytes(new Uint8Array(a.buffer, a.byteOffset, a.byteLength), new Uint8Array(b.buffer, b.byteOffset, b.byteLength), how);
  }
  if (how.mode === "partial") return isSubsequence(Array.from(a), Array.from(b), how);
  if (a.length !== b.length) return false;
  const isFloat = types.isFloat32Array(a) || types.isFloat64Array(a) || types.isFloat16Array(a);
  for (let i = 0; i < a.length; i++) {
    if (isFloat && how.mode === "strict" ? !Object.is(a[i], b[i]) : a[i] !== b[i] && !(a[i] !== a[i] && b[i] !== b[i])) return false;
  }
  return true;
}

/** Partial arrays: every expected element occurs, in order. */
function isSubsequence(actual: unknown[], expected: unknown[], how: Comparison): boolean {
  if (expected.length > actual.length) return false;
  let at = 0;
  for (const wanted of expected) {
    while (at < actual.length && !same(actual[at], wanted, how)) at++;
    if (at++ >= actual.length) return false;
  }
  return true;
}

function sameArrays(a: unknown[], b: unknown[], how: Comparison): boolean {
  if (how.mode === "partial") return isSubsequence(a, b, how) && sameProperties(a, b, how, true);
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const left = a[i];
    const right = b[i];
    if (left === undefined && right === undefined && how.mode === "strict" && hasOwn.call(a, i) !== hasOwn.call(b, i)) return false;
    if (!same(left, right, how)) return false;
  }
  return sameProperties(a, b, how, true);
}

function isIndex(key: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1;
}

function ownKeys(value: object, skipIndices: boolean, mode: Mode): PropertyKey[] {
  let keys: PropertyKey[];
  if (!skipIndices) keys = Object.keys(value);
  else if (Array.isArray(value) && (keys = Object.keys(value)).length === value.length && (value.length === 0 || isIndex(keys.at(-1) as string))) keys = [];
  // Indices come first in key order, so that long arrays need not be listed.
  else if (ArrayBuffer.isView(value) && mode === "loose") keys = [];
  else keys = Object.keys(value).filter((key) => !isIndex(key));
  if (mode !== "loose") for (const symbol of Object.getOwnPropertySymbols(value)) if (isEnumerable.call(value, symbol)) keys.push(symbol);
  return keys;
}

function sameProperties(a: any, b: any, how: Comparison, skipIndices: boolean): boolean {
  const bKeys = ownKeys(b, skipIndices, how.mode);
  if (how.mode !== "partial" && ownKeys(a, skipIndices, how.mode).length !== bKeys.length) return false;
  for (const key of bKeys) if (!isEnumerable.call(a, key)) return false;
  for (const key of bKeys) if (!same(a[key], b[key], how)) return false;
  return true;
}

function sameSets(a: Set<unknown>, b: Set<unknown>, how: Comparison): boolean {
  if (how.mode === "partial" ? b.size > a.size : a.size !== b.size) return false;
  const unmatched: unknown[] = [];
  for (const value of b) {
    if (a.has(value)) continue;
    if (how.mode !== "loose" && (typeof value !== "object" || value === null)) return false;
    unmatched.push(value);
  }
  if (unmatched.length === 0) return true;
  const candidates = [...a].filter((value) => !b.has(value));
  return unmatched.every((value) => takeMatch(candidates, (candidate) => same(candidate, value, how)));
}

function sameMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, how: Comparison): boolean {
  if (how.mode === "partial" ? b.size > a.size : a.size !== b.size) return false;
  const unmatched: [unknown, unknown][] = [];
  for (const [key, value] of b) {
    if (a.has(key) && (same(a.get(key), value, how) || (how.mode !== "loose" && (typeof key !== "object" || key === null)))) {
      if (!same(a.get(key), value, how)) return false;
      continue;
    }
    if (how.mode !== "loose" && (typeof key !== "object" || key === null)) return false;
    unmatched.push([key, value]);
  }
  if (unmatched.length === 0) return true;
  const matched = new Set([...b.keys()].filter((key) => !unmatched.some(([other]) => other === key)));
  const candidates = [...a].filter(([key]) => !matched.has(key));
  return unmatched.every(([key, value]) => takeMatch(candidates, (candidate) => same(candidate[0], key, how) && same(candidate[1], value, how)));
}

/** Removes the first candidate that matches. */
function takeMatch<T>(candidates: T[], matches: (candidate: T) => boolean): boolean {
  const at = candidates.findIndex(matches);
  if (at === -1) return false;
  candidates.splice(at, 1);
  return true;
}
