// `node:util/types`: brand checks on engine objects. Never calls code of the value it is asked about.

import { isProxy as nativeIsProxy } from "crust:ops/node";

function getterOf(proto: object, key: PropertyKey): (this: unknown) => any {
  return Object.getOwnPropertyDescriptor(proto, key)!.get! as any;
}

/** A check by an intrinsic that throws unless `this` has its internal slot. */
function brand(intrinsic: (this: any, ...args: any[]) => unknown, ...args: unknown[]): (value: unknown) => boolean {
  return (value) => {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
    try {
      Reflect.apply(intrinsic, value, args);
      return true;
    } catch {
      return false;
    }
  };
}

const tagOf = (value: unknown): string => Object.prototype.toString.call(value);

/** Objects without a checkable slot: the built-in tag, which must be inherited and not the object's own. */
function tagged(tag: string): (value: unknown) => boolean {
  return (value) => typeof value === "object" && value !== null && !Object.hasOwn(value, Symbol.toStringTag) && tagOf(value) === tag;
}

const typedArrayTag = getterOf(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const typedArrayNamed = (name: string) => (value: unknown): boolean => typedArrayTag.call(value) === name;

export const isMap = brand(getterOf(Map.prototype, "size"));
export const isSet = brand(getterOf(Set.prototype, "size"));
export const isWeakMap = brand(WeakMap.prototype.has, {});
export const isWeakSet = brand(WeakSet.prototype.has, {});
export const isDate = brand(Date.prototype.getTime);
export const isDataView = brand(getterOf(DataView.prototype, "byteLength"));
export const isArrayBuffer = brand(getterOf(ArrayBuffer.prototype, "byteLength"));
const isSharedBrand = typeof SharedArrayBuffer === "undefined" ? () => false : brand(getterOf(SharedArrayBuffer.prototype, "byteLength"));
export const isSharedArrayBuffer: (value: unknown) => boolean = isSharedBrand;
export const isAnyArrayBuffer = (value: unknown): boolean => isArrayBuffer(value) || isSharedArrayBuffer(value);
export const isArrayBufferView = ArrayBuffer.isView as (value: unknown) => boolean;

export const isNumberObject = brand(Number.prototype.valueOf);
export const isStringObject = brand(String.prototype.valueOf);
export const isBooleanObject = brand(Boolean.prototype.valueOf);
export const isSymbolObject = brand(Symbol.prototype.valueOf);
export const isBigIntObject = brand(BigInt.prototype.valueOf);
export const isBoxedPrimitive = (value: unknown): boolean =>
  typeof value === "object" && value !== null &&
  (isNumberObject(value) || isStringObject(value) || isBooleanObject(value) || isBigIntObject(value) || isSymbolObject(value));

const isRegExpBrand = brand(getterOf(RegExp.prototype, "source"));
export const isRegExp = (value: unknown): boolean => value !== RegExp.prototype && isRegExpBrand(value);

export const isArgumentsObject = tagged("[object Arguments]");
export const isGeneratorObject = (value: unknown): boolean => tagged("[object Generator]")(value) || tagged("[object AsyncGenerator]")(value);
export const isMapIterator = tagged("[object Map Iterator]");
export const isSetIterator = tagged("[object Set Iterator]");

export const isNativeError = (value: unknown): boolean =>
  typeof (Error as any).isError === "function" ? (Error as any).isError(value) : value instanceof Error;

/** A promise has no intrinsic that only looks: its tag and its chain must both say so. */
export const isPromise = (value: unknown): boolean => typeof value === "object" && value !== null && value instanceof Promise && tagOf(value) === "[object Promise]";

const AsyncFunctionPrototype = Object.getPrototypeOf(async () => {});
const GeneratorPrototype = Object.getPrototypeOf(function* () {});
const AsyncGeneratorPrototype = Object.getPrototypeOf(async function* () {});

export const isAsyncFunction = (value: unknown): boolean =>
  typeof value === "function" && (AsyncFunctionPrototype.isPrototypeOf(value) || AsyncGeneratorPrototype.isPrototypeOf(value));
export const isGeneratorFunction = (value: unknown): boolean =>
  typeof value === "function" && (GeneratorPrototype.isPrototypeOf(value) || AsyncGeneratorPrototype.isPrototypeOf(value));

export const isTypedArray = (value: unknown): boolean => typedArrayTag.call(value) !== undefined;
export const isUint8Array = typedArrayNamed("Uint8Array");
export const isUint8ClampedArray = typedArrayNamed("Uint8ClampedArray");
export const isUint16Array = typedArrayNamed("Uint16Array");
export const isUint32Array = typedArrayNamed("Uint32Array");
export const isInt8Array = typedArrayNamed("Int8Array");
export const isInt16Array = typedArrayNamed("Int16Array");
export const isInt32Array = typedArrayNamed("Int32Array");
export const isFloat16Array = typedArrayNamed("Float16Array");
export const isFloat32Array = typedArrayNamed("Float32Array");
export const isFloat64Array = typedArrayNamed("Float64Array");
export const isBigInt64Array = typedArrayNamed("BigInt64Array");
export const isBigUint64Array = typedArrayNamed("BigUint64Array");

export const isProxy: (value: unknown) => boolean = nativeIsProxy;
/** There are no V8 external values in this engine, so nothing is one. */
export const isExternal = (_value: unknown): boolean => false;
export const isModuleNamespaceObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null && !Object.isExtensible(value) && tagOf(value) === "[object Module]";
export const isKeyObject = (value: unknown): boolean => typeof value === "object" && value !== null && tagOf(value) === "[object KeyObject]";
export const isCryptoKey = (value: unknown): boolean =>
  typeof (globalThis as any).CryptoKey === "function" && value instanceof (globalThis as any).CryptoKey;

export default {
  isMap, isSet, isWeakMap, isWeakSet, isDate, isDataView, isArrayBuffer, isSharedArrayBuffer, isAnyArrayBuffer, isArrayBufferView,
  isNumberObject, isStringObject, isBooleanObject, isSymbolObject, isBigIntObject, isBoxedPrimitive, isRegExp, isArgumentsObject,
  isGeneratorObject, isMapIterator, isSetIterator, isNativeError, isPromise, isAsyncFunction, isGeneratorFunction, isTypedArray,
  isUint8Array, isUint8ClampedArray, isUint16Array, isUint32Array, isInt8Array, isInt16Array, isInt32Array, isFloat16Array,
  isFloat32Array, isFloat64Array, isBigInt64Array, isBigUint64Array, isProxy, isExternal, isModuleNamespaceObject, isKeyObject, isCryptoKey,
};
