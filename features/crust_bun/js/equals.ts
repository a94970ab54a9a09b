// Bun.deepEquals and Bun.deepMatch. Cycles are tracked by the pairs on the path; getters are read.

interface Comparison {
  strict: boolean;
  /** Left values on the current path, each with the right values it is being compared with. */
  path: Map<object, object[]>;
}

const { getPrototypeOf, hasOwn } = Object;

/** Whether two values have the same contents; with `strict` also the same classes, holes and undefined properties. */
export function deepEquals(a: unknown, b: unknown, strict = false): boolean {
  return same(a, b, { strict: Boolean(strict), path: new Map() });
}

function same(a: unknown, b: unknown, how: Comparison): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const tag = Object.prototype.toString.call(a);
  if (Array.isArray(a) !== Array.isArray(b) || tag !== Object.prototype.toString.call(b)) return false;
  if (how.strict && !ArrayBuffer.isView(a) && classOf(a) !== classOf(b)) return false;
  const open = how.path.get(a);
  if (open?.includes(b) === true) return true;
  if (open === undefined) how.path.set(a, [b]);
  else open.push(b);
  const result = sameContents(a, b, how);
  how.path.get(a)?.pop();
  return result;
}

/** An object without a prototype is of no class, as a plain one is. */
function classOf(value: object): object {
  return getPrototypeOf(value) ?? Object.prototype;
}

function sameContents(a: object, b: object, how: Comparison): boolean {
  if (Array.isArray(a)) return sameArrays(a, b as unknown[], how);
  if (a instanceof Map) return b instanceof Map && sameMaps(a, b, how) && sameProperties(a, b, how);
  if (a instanceof Set) return b instanceof Set && sameSets(a, b, how) && sameProperties(a, b, how);
  if (a instanceof Date) return b instanceof Date && Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp) return b instanceof RegExp && a.source === b.source && a.flags === b.flags;
  if (a instanceof Error || b instanceof Error) return a instanceof Error && b instanceof Error && sameErrors(a, b, how);
  if (ArrayBuffer.isView(a) || a instanceof ArrayBuffer || a instanceof SharedArrayBuffer) return sameBytes(a, b);
  if (isBoxed(a) || isBoxed(b)) return sameBoxed(a, b);
  if (typeof URL === "function" && a instanceof URL && b instanceof URL) return a.href === b.href;
  return sameProperties(a, b, how);
}

function isBoxed(value: object): boolean {
  return value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt || value instanceof Symbol;
}

function sameBoxed(a: object, b: object): boolean {
  return isBoxed(a) && isBoxed(b) && Object.is(a.valueOf(), b.valueOf());
}

function sameArrays(a: unknown[], b: unknown[], how: Comparison): boolean {
  if (how.strict && a.length !== b.length) return false;
  // Past the end there is undefined, which only the strict comparison tells from a missing element.
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (how.strict && hasOwn(a, i) !== hasOwn(b, i)) return false;
    if (!same(a[i], b[i], how)) return false;
  }
  return true;
}

function sameMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, how: Comparison): boolean {
  if (a.size !== b.size) return false;
  const unmatched = new Set(b.keys());
  for (const [key, value] of a) {
    if (b.has(key)) {
      if (!same(value, b.get(key), how)) return false;
      unmatched.delete(key);
      continue;
    }
    const twin = findTwin(key, unmatched, how, (other) => same(value, b.get(other), how));
    if (twin === NONE) return false;
    unmatched.delete(twin);
  }
  return true;
}

function sameSets(a: Set<unknown>, b: Set<unknown>, how: Comparison): boolean {
  if (a.size !== b.size) return false;
  const unmatched = new Set(b);
  for (const value of a) {
    if (unmatched.delete(value)) continue;
    const twin = findTwin(value, unmatched, how, () => true);
    if (twin === NONE) return false;
    unmatched.delete(twin);
  }
  return true;
}

const NONE = Symbol("none");

function findTwin(key: unknown, candidates: Set<unknown>, how: Comparison, accept: (candidate: unknown) => boolean): unknown {
  if (typeof key !== "object" || key === null) return NONE;
  for (const candidate of candidates) {
    if (same(key, candidate, how) && accept(candidate)) return candidate;
  }
  return NONE;
}

function sameErrors(a: Error, b: Error, how: Comparison): boolean {
  if (a.name !== b.name || a.message !== b.message) return false;
  return same(a.cause, b.cause, how) && sameProperties(a, b, how);
}

function bytesOf(value: object): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return new Uint8Array(value as ArrayBuffer);
}

function sameBytes(a: object, b: object): boolean {
  if (a instanceof Float32Array || a instanceof Float64Array) {
    const other = b as Float64Array;
    return a.length === other.length && a.every((value, index) => Object.is(value, other[index]));
  }
  const left = bytesOf(a);
  const right = bytesOf(b);
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function shownKeys(value: object): PropertyKey[] {
  const symbols = Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  return [...Object.keys(value), ...symbols];
}

function sameProperties(a: object, b: object, how: Comparison): boolean {
  const left = a as Record<PropertyKey, unknown>;
  const right = b as Record<PropertyKey, unknown>;
  const keys = shownKeys(a);
  const otherKeys = shownKeys(b);
  if (how.strict && keys.length !== otherKeys.length) return false;
  for (const key of keys) {
    if (!hasOwn(b, key) && (how.strict || left[key] !== undefined)) return false;
    if (!same(left[key], right[key], how)) return false;
  }
  for (const key of otherKeys) {
    if (!hasOwn(a, key) && (how.strict || right[key] !== undefined)) return false;
  }
  return true;
}

/** Whether `object` has everything that `subset` has, at every level. */
export function deepMatch(subset: object, object: object): boolean {
  if (typeof subset !== "object" || subset === null || typeof object !== "object" || object === null) {
    throw Object.assign(new TypeError("Expected two objects"), { code: "ERR_INVALID_ARG_TYPE" });
  }
  return matches(subset, object, new Map());
}

function matches(subset: unknown, value: unknown, open: Map<object, unknown>): boolean {
  if (typeof subset !== "object" || subset === null || typeof value !== "object" || value === null) return Object.is(subset, value);
  if (open.get(subset) === value) return true;
  open.set(subset, value);
  if (Array.isArray(subset)) {
    if (!Array.isArray(value) || value.length !== subset.length) return false;
    return subset.every((item, index) => matches(item, value[index], open));
  }
  if (Object.prototype.toString.call(subset) !== "[object Object]") return deepEquals(subset, value);
  for (const key of shownKeys(subset)) {
    if (!(key in value)) return false;
    if (!matches((subset as Record<PropertyKey, unknown>)[key], (value as Record<PropertyKey, unknown>)[key], open)) return false;
  }
  return true;
}
