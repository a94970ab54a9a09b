// Web IDL conversions and interface set-up shared by every class of this feature.
// It never holds state and never knows a particular interface.

type AnyFunction = (...args: never[]) => unknown;
interface InterfaceObject {
  readonly prototype: object;
}

/** A TypeError that carries a Node error code. */
export function codedTypeError(code: string, message: string): TypeError {
  const error = new TypeError(message);
  Object.defineProperty(error, "code", { value: code, writable: true, enumerable: true, configurable: true });
  return error;
}

/** A RangeError that carries a Node error code. */
export function codedRangeError(code: string, message: string): RangeError {
  const error = new RangeError(message);
  Object.defineProperty(error, "code", { value: code, writable: true, enumerable: true, configurable: true });
  return error;
}

/** Throws what Bun throws when a required argument is missing. */
export function requireArguments(given: number, required: number): void {
  if (given < required) {
    throw codedTypeError("ERR_MISSING_ARGS", "Not enough arguments");
  }
}

/** How a platform object is cloned; null says that it cannot be (structured_clone.ts). */
export type CloneSteps = ((value: never, clone: (value: unknown) => unknown) => object) | null;

// Prototypes of every interface defined here. Cloning looks a value's prototype chain up in it.
const platformPrototypes = new Map<object, CloneSteps>();

/** Makes instances of a class serializable for structuredClone. */
export function defineClone(constructor: InterfaceObject, steps: CloneSteps): void {
  platformPrototypes.set(constructor.prototype, steps);
}

/** How a platform object moves: answers the new object and disables the old one. */
export type TransferSteps = (value: never) => object;

const transferablePrototypes = new Map<object, TransferSteps>();

/** Makes instances of a class transferable by structuredClone and postMessage. */
export function defineTransfer(constructor: InterfaceObject, steps: TransferSteps): void {
  transferablePrototypes.set(constructor.prototype, steps);
}

/** The transfer steps of an object, if it has any. */
export function transferStepsOf(value: object): TransferSteps | undefined {
  for (let prototype = Object.getPrototypeOf(value); prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const steps = transferablePrototypes.get(prototype);
    if (steps !== undefined) {
      return steps;
    }
  }
  return undefined;
}

/** The clone steps of a platform object, null if it has none, undefined for an ordinary object. */
export function cloneStepsOf(value: object): CloneSteps | undefined {
  for (let prototype = Object.getPrototypeOf(value); prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const steps = platformPrototypes.get(prototype);
    if (steps !== undefined) {
      return steps;
    }
  }
  return undefined;
}

/**
 * Gives a class the shape Web IDL asks for: its methods and accessors are enumerable and its
 * prototype carries `Symbol.toStringTag`.
 */
export function defineInterface(constructor: InterfaceObject, name: string): void {
  const prototype = constructor.prototype;
  platformPrototypes.set(prototype, null);
  for (const key of Object.getOwnPropertyNames(prototype)) {
    if (key !== "constructor") {
      Object.defineProperty(prototype, key, { enumerable: true });
    }
  }
  for (const key of Object.getOwnPropertyNames(constructor)) {
    if (key !== "prototype" && key !== "length" && key !== "name") {
      Object.defineProperty(constructor, key, { enumerable: true });
    }
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

/**
 * Sets `length` of a class and of its methods to the number of required arguments, where optional parameters
 * would count otherwise. `lengths.constructor` is the class's own; names of statics begin with "static ".
 */
export function defineLengths(constructor: InterfaceObject, lengths: Record<string, number>): void {
  for (const name of Object.keys(lengths)) {
    const isStatic = name.startsWith("static ");
    const owner = (isStatic ? constructor : constructor.prototype) as Record<string, object>;
    const target = name === "constructor" ? constructor : owner[isStatic ? name.slice("static ".length) : name];
    Object.defineProperty(target as object, "length", { value: lengths[name], configurable: true });
  }
}

/** Defines `NAME = value` constants on the interface object and on its prototype. */
export function defineConstants(constructor: InterfaceObject, constants: Record<string, number>): void {
  for (const name of Object.keys(constants)) {
    const descriptor = { value: constants[name], enumerable: true };
    Object.defineProperty(constructor, name, descriptor);
    Object.defineProperty(constructor.prototype, name, descriptor);
  }
}

/** Web IDL `USVString`: lone surrogates become U+FFFD. */
export function toUSVString(value: unknown): string {
  return toDOMString(value).toWellFormed();
}

/** Web IDL `DOMString`. Symbols throw, as `String(symbol)` would not. */
export function toDOMString(value: unknown): string {
  return typeof value === "string" ? value : `${value as string}`;
}

/** Web IDL `ByteString`: every code unit fits a byte. */
export function toByteString(value: unknown, what: string): string {
  const text = toDOMString(value);
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 255) {
      throw new TypeError(
        `Cannot convert ${what} to a ByteString: character at index ${index} has a value of ${text.charCodeAt(index)}, which is greater than 255`,
      );
    }
  }
  return text;
}

/** Web IDL dictionary: `undefined` and `null` are the empty dictionary; primitives throw. */
export function toDictionary<T extends object>(value: T | null | undefined, what: string): Partial<T> {
  if (value === undefined || value === null) {
    return {};
  }
  if (typeof value !== "object" && typeof value !== "function") {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "${what}" argument must be of type object`);
  }
  return value;
}

/** Web IDL `unsigned long`: modulo 2^32. */
export function toUnsignedLong(value: unknown): number {
  return Number(value) >>> 0;
}

/** Web IDL `[EnforceRange] unsigned long long`. */
export function toEnforcedUnsignedLongLong(value: unknown, what: string): number {
  const number = Math.trunc(Number(value));
  if (!(number >= 0 && number <= Number.MAX_SAFE_INTEGER)) {
    throw new TypeError(`${what} must be a non-negative safe integer`);
  }
  return number + 0;
}

/** True for values `typeof` calls an object or a function, without null. */
export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** True for an ArrayBuffer of any realm, not for a SharedArrayBuffer. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return value instanceof ArrayBuffer || classOf(value) === "[object ArrayBuffer]";
}

function classOf(value: unknown): string {
  return isObject(value) ? Object.prototype.toString.call(value) : "";
}

/** True for an ArrayBuffer, a SharedArrayBuffer or a view of one. */
export function isBufferSource(value: unknown): value is BufferSource {
  return ArrayBuffer.isView(value) || isArrayBuffer(value) || isSharedArrayBuffer(value);
}

/** True for a SharedArrayBuffer. */
export function isSharedArrayBuffer(value: unknown): value is SharedArrayBuffer {
  return typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer;
}

/** The bytes of a buffer source, without a copy; a detached buffer has none. */
export function bytesOf(source: BufferSource | SharedArrayBuffer): Uint8Array {
  if (source instanceof Uint8Array) {
    return source;
  }
  if (ArrayBuffer.isView(source)) {
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  }
  return (source as { detached?: boolean }).detached ? new Uint8Array(0) : new Uint8Array(source);
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

type LiveIterator = new <T>(read: (index: number) => T | null) => IterableIterator<T>;

/**
 * The iterator class of an interface with pairs: it reads the live list, so that changes during an iteration are seen.
 * `read` answers null at the end; `stride` is how far apart two items are.
 */
export function pairIterator(name: string, stride: number): LiveIterator {
  class PairIterator<T> {
    #index = 0;
    #read: (index: number) => T | null;

    constructor(read: (index: number) => T | null) {
      this.#read = read;
    }
    next(): IteratorResult<T> {
      const value = this.#read(this.#index);
      if (value === null) {
        return { value: undefined, done: true };
      }
      this.#index += stride;
      return { value, done: false };
    }
  }
  const prototype = PairIterator.prototype;
  Object.setPrototypeOf(prototype, IteratorPrototype);
  Reflect.deleteProperty(prototype, "constructor");
  Object.defineProperty(prototype, "next", { enumerable: true });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: `${name} Iterator`, configurable: true });
  return PairIterator as unknown as LiveIterator;
}

/** A callable, or throws naming what it should have been. */
export function requireFunction(value: unknown, what: string): AnyFunction {
  if (typeof value !== "function") {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "${what}" argument must be of type function. Received ${describe(value)}`);
  }
  return value as AnyFunction;
}

/** How Node names a received value in ERR_INVALID_ARG_TYPE messages. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) {
    return String(value);
  }
  if (typeof value === "function") {
    return `function ${value.name}`;
  }
  if (typeof value === "object") {
    const name = (value as { constructor?: { name?: string } }).constructor?.name;
    return name ? `an instance of ${name}` : "[Object: null prototype] {}";
  }
  let text = typeof value === "string" ? `'${value}'` : String(value);
  if (text.length > 28) {
    text = `${text.slice(0, 25)}...`;
  }
  return `type ${typeof value} (${text}${typeof value === "bigint" ? "n" : ""})`;
}

/** `Symbol` under which Node's and Bun's inspect look for a custom printer. */
export const inspectCustom: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;
