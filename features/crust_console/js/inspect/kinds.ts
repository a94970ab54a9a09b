// Tells which kind of value an object is. Never formats and never runs user code other than
// `instanceof` and property reads that it guards.

import { promiseState } from "crust:ops/console";

/** The kinds of object that are printed differently. */
export const Kind = {
  Object: 0, Function: 1, Array: 2, Arguments: 3, TypedArray: 4, DataView: 5, ArrayBuffer: 6, Buffer: 7,
  Map: 8, Set: 9, MapIterator: 10, SetIterator: 11, Date: 12, RegExp: 13, Promise: 14, Boxed: 15,
  WeakMap: 16, WeakSet: 17, Error: 18, Element: 19, Web: 20, Empty: 21,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

const ELEMENT = Symbol.for("react.element");
const TRANSITIONAL_ELEMENT = Symbol.for("react.transitional.element");

const { getPrototypeOf, getOwnPropertyDescriptor } = Object;
const mapSize = getOwnPropertyDescriptor(Map.prototype, "size")!.get!;
const setSize = getOwnPropertyDescriptor(Set.prototype, "size")!.get!;
const { getTime } = Date.prototype;
const regExpSource = getOwnPropertyDescriptor(RegExp.prototype, "source")!.get!;
const { has: weakMapHas } = WeakMap.prototype;
const { has: weakSetHas } = WeakSet.prototype;
const bufferLength = getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")!.get!;
const mapIterator = getPrototypeOf(new Map().entries());
const setIterator = getPrototypeOf(new Set().values());
const stringIterator = getPrototypeOf(""[Symbol.iterator]());
const generatorObject = getPrototypeOf(getPrototypeOf((function* () {})()));
const asyncGeneratorObject = getPrototypeOf(getPrototypeOf((async function* () {})()));
const PENDING = new Promise(() => {});
const isError: ((value: unknown) => boolean) | undefined = (Error as unknown as { isError?: (value: unknown) => boolean }).isError;

/** Objects of these classes have a layout of their own in `inspect/web.ts`. */
const WEB_CLASSES = new Set([
  "URL", "URLSearchParams", "Headers", "Request", "Response", "Blob", "File", "FormData",
  "ReadableStream", "WritableStream", "TransformStream", "Timeout", "Immediate", "Module",
]);

/** Calls an accessor or method of a built-in class; false when `value` is not of that class. */
function hasBrand(check: Function, value: object, argument?: unknown): boolean {
  try {
    check.call(value, argument);
    return true;
  } catch {
    return false;
  }
}

/** Whether `value` is a proxy that stands for nothing any more, or a proxy of such a proxy. */
export function isRevoked(value: object): boolean {
  try {
    Array.isArray(value);
    return false;
  } catch {
    return true;
  }
}

/** The kind of `value`; an object among whose prototypes a proxy refuses to answer counts as plain. */
export function kindOf(value: object): Kind {
  try {
    return certainKind(value);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return Kind.Object;
  }
}

/** Whether `value` is a boxed primitive or regular expression, which arrays treat like primitives. */
export function isLikePrimitive(value: object): boolean {
  const kind = kindOf(value);
  return kind === Kind.Boxed || kind === Kind.RegExp;
}

function certainKind(value: object): Kind {
  if (typeof value === "function") return Kind.Function;
  if (Array.isArray(value)) return Kind.Array;
  const proto = getPrototypeOf(value);
  if (proto === Object.prototype) return plainKind(value);
  if (ArrayBuffer.isView(value)) return viewKind(value);
  if (proto === null) return orphanKind(value);
  return builtinKind(value) ?? iteratorKind(value, proto) ?? webKind(value);
}

/** The kind of an object that has no prototype: only what it is made of tells. */
function orphanKind(value: object): Kind {
  if (toStringTag(value) === "Module") return Kind.Web;
  if (hasBrand(mapSize, value)) return Kind.Map;
  if (hasBrand(setSize, value)) return Kind.Set;
  if (isError?.(value) === true) return Kind.Error;
  return Kind.Object;
}

function plainKind(value: object): Kind {
  const mark = getOwnPropertyDescriptor(value, "$$typeof")?.value;
  if (mark !== undefined && (mark === ELEMENT || mark === TRANSITIONAL_ELEMENT)) return Kind.Element;
  if (isArguments(value)) return Kind.Arguments;
  return Kind.Object;
}

function isArguments(value: object): boolean {
  // Only an arguments object has all three of these as hidden own properties.
  const length = getOwnPropertyDescriptor(value, "length");
  if (length === undefined || length.enumerable) return false;
  return Object.prototype.toString.call(value) === "[object Arguments]";
}

function viewKind(value: ArrayBufferView): Kind {
  if (value instanceof DataView) return Kind.DataView;
  return isBuffer(value) ? Kind.Buffer : Kind.TypedArray;
}

function isBuffer(value: ArrayBufferView): boolean {
  if (!(value instanceof Uint8Array) || getPrototypeOf(value) === Uint8Array.prototype) return false;
  for (let proto = getPrototypeOf(value); proto !== null && proto !== Uint8Array.prototype; proto = getPrototypeOf(proto)) {
    if (typeof getOwnPropertyDescriptor(proto, "readUInt8")?.value === "function") return true;
  }
  return false;
}

function builtinKind(value: object): Kind | undefined {
  if (value instanceof Map && hasBrand(mapSize, value)) return Kind.Map;
  if (value instanceof Set && hasBrand(setSize, value)) return Kind.Set;
  if (value instanceof Error && (isError === undefined || isError(value))) return Kind.Error;
  if (value instanceof Date && hasBrand(getTime, value)) return Kind.Date;
  if (value instanceof RegExp && value !== RegExp.prototype && hasBrand(regExpSource, value)) return Kind.RegExp;
  if (value instanceof Promise && isPromise(value)) return Kind.Promise;
  if (value instanceof ArrayBuffer && hasBrand(bufferLength, value)) return Kind.ArrayBuffer;
  if (value instanceof SharedArrayBuffer) return Kind.ArrayBuffer;
  if (value instanceof WeakMap && hasBrand(weakMapHas, value, {})) return Kind.WeakMap;
  if (value instanceof WeakSet && hasBrand(weakSetHas, value, {})) return Kind.WeakSet;
  if (isBoxed(value)) return Kind.Boxed;
  return undefined;
}

/** The engine may not tell what state a promise is in; then the prototype has to do. */
function isPromise(value: object): boolean {
  return promiseState(value) !== -1 || promiseState(PENDING) === -1;
}

function isBoxed(value: object): boolean {
  if (value instanceof Number) return hasBrand(Number.prototype.valueOf, value);
  if (value instanceof String) return hasBrand(String.prototype.valueOf, value);
  return value instanceof Boolean && hasBrand(Boolean.prototype.valueOf, value);
}

function iteratorKind(value: object, proto: object): Kind | undefined {
  if (proto === mapIterator) return Kind.MapIterator;
  if (proto === setIterator) return Kind.SetIterator;
  if (proto === stringIterator) return Kind.Empty;
  if (inherits(value, generatorObject) || inherits(value, asyncGeneratorObject)) return Kind.Empty;
  return undefined;
}

function inherits(value: object, ancestor: object): boolean {
  return Object.prototype.isPrototypeOf.call(ancestor, value);
}

function webKind(value: object): Kind {
  const name = toStringTag(value) ?? constructorName(value);
  return name !== undefined && WEB_CLASSES.has(name) && isInstanceOfGlobal(value, name) ? Kind.Web : Kind.Object;
}

function isInstanceOfGlobal(value: object, name: string): boolean {
  // What `require()` gives for an ES module.
  if (name === "Module") return getPrototypeOf(getPrototypeOf(value)) === null;
  if (name === "Timeout" || name === "Immediate") return Symbol.toPrimitive in value && "hasRef" in value;
  const constructor = (globalThis as Record<string, unknown>)[name];
  if (typeof constructor !== "function" || value === constructor.prototype) return false;
  return Object.prototype.isPrototypeOf.call(constructor.prototype as object, value);
}

/** `value[Symbol.toStringTag]` when it is a string and reading it does not throw. */
export function toStringTag(value: object): string | undefined {
  try {
    const tag = (value as Record<symbol, unknown>)[Symbol.toStringTag];
    return typeof tag === "string" ? tag : undefined;
  } catch {
    return undefined;
  }
}

/** The name of the nearest `constructor` that is a data property holding a named function. */
export function constructorName(value: object): string | undefined {
  try {
    for (let object: object | null = value; object !== null; object = getPrototypeOf(object)) {
      const descriptor = getOwnPropertyDescriptor(object, "constructor");
      if (descriptor === undefined) continue;
      if (typeof descriptor.value !== "function") return undefined;
      return functionName(descriptor.value as Function);
    }
  } catch {
    // A proxy among the prototypes may refuse.
  }
  return undefined;
}

/** What the language puts before the name of a bound function or an accessor. */
const NAME_PREFIX = /^(?:bound |get |set )+/;
const DECLARED_CLASS_NAME = /^class\s+(?!extends\b)([^\s{]+)/;

/** The name a function was declared or inferred with; a class that has a static field `name` keeps its declared one. */
export function functionName(value: Function): string {
  const descriptor = getOwnPropertyDescriptor(value, "name");
  if (descriptor === undefined) return "";
  if (typeof descriptor.value === "string" && !descriptor.enumerable) {
    return descriptor.value.replace(NAME_PREFIX, "");
  }
  const match = DECLARED_CLASS_NAME.exec(Function.prototype.toString.call(value));
  return match === null ? "" : (match[1] as string);
}

