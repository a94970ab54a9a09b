// structuredClone of the HTML standard, as one walk that builds the copy directly.
// Classes say how they are cloned through `defineClone` (webidl.ts); what cannot be cloned throws DataCloneError.

import { DOMException } from "crust:web/dom_exception";
import { cloneStepsOf, describe, isArrayBuffer, isObject, isSharedArrayBuffer, requireArguments, transferStepsOf } from "crust:web/webidl";

const ERROR_NAMES = new Map<string, ErrorConstructor>([
  ["EvalError", EvalError],
  ["RangeError", RangeError],
  ["ReferenceError", ReferenceError],
  ["SyntaxError", SyntaxError],
  ["TypeError", TypeError],
  ["URIError", URIError],
] as [string, ErrorConstructor][]);

interface ResizableBuffer extends ArrayBuffer {
  readonly resizable: boolean;
  readonly maxByteLength: number;
  readonly detached: boolean;
  transfer(): ArrayBuffer;
}

export interface StructuredSerializeOptions {
  transfer?: Iterable<object>;
}

function cannotClone(value: unknown): DOMException {
  const text = typeof value === "function" || typeof value === "symbol" ? String(value) : `${describe(value)}`;
  return new DOMException(`${text} could not be cloned.`, "DataCloneError");
}

class Cloner {
  // Originals to copies; also keeps identity and cycles.
  readonly #memory = new Map<object, object>();
  readonly #moved: [ResizableBuffer, ArrayBuffer][] = [];

  clone(value: unknown): unknown {
    if (!isObject(value)) {
      if (typeof value === "symbol") {
        throw cannotClone(value);
      }
      return value;
    }
    const known = this.#memory.get(value);
    if (known !== undefined) {
      return known;
    }
    if (typeof value === "function") {
      throw cannotClone(value);
    }
    return this.#cloneObject(value);
  }

  /** Prepares the transfer list: every entry gets its copy's identity before the walk. */
  prepare(transfer: readonly object[], root: unknown): void {
    const seen = new Set<object>();
    for (const entry of transfer) {
      if (!isObject(entry) || seen.has(entry)) {
        throw new DOMException(seen.has(entry) ? "An object appears twice in the transfer list." : "A value in the transfer list is not transferable.", "DataCloneError");
      }
      seen.add(entry);
      if (isArrayBuffer(entry)) {
        this.#prepareBuffer(entry as ResizableBuffer, root);
      } else if (transferStepsOf(entry) === undefined) {
        throw new DOMException("A value in the transfer list is not transferable.", "DataCloneError");
      }
    }
    for (const entry of transfer) {
      const steps = isArrayBuffer(entry) ? undefined : transferStepsOf(entry);
      if (steps !== undefined) {
        this.#memory.set(entry, steps(entry as never));
      }
    }
  }

  #prepareBuffer(buffer: ResizableBuffer, root: unknown): void {
    if (buffer.detached) {
      throw new DOMException("A detached ArrayBuffer could not be transferred.", "DataCloneError");
    }
    if (root !== buffer) {
      // Views of the copy are made during the walk, which may still fail: the bytes move afterwards.
      const copy = newBuffer(buffer);
      this.#memory.set(buffer, copy);
      this.#moved.push([buffer, copy]);
    }
  }

  /** Moves the bytes of transferred buffers and detaches the originals. */
  finish(): void {
    for (const [from, to] of this.#moved) {
      new Uint8Array(to).set(new Uint8Array(from));
      from.transfer();
    }
  }

  #remember<T extends object>(value: object, copy: T): T {
    this.#memory.set(value, copy);
    return copy;
  }

  #cloneObject(value: object): object {
    if (Array.isArray(value)) {
      const copy = this.#remember(value, [] as unknown[]);
      copy.length = value.length;
      return this.#copyProperties(value, copy);
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return this.#cloneOrdinary(value);
    }
    const steps = cloneStepsOf(value);
    if (steps === null) {
      throw cannotClone(value);
    }
    if (steps !== undefined) {
      return this.#remember(value, steps(value as never, (part) => this.clone(part)));
    }
    return this.#cloneBuiltin(value) ?? this.#cloneOrdinary(value);
  }

  #cloneOrdinary(value: object): object {
    return this.#copyProperties(value, this.#remember(value, {}));
  }

  #copyProperties<T extends object>(from: object, to: T): T {
    for (const key of Object.keys(from)) {
      if (Object.hasOwn(from, key)) {
        const copy = this.clone((from as Record<string, unknown>)[key]);
        if (key === "__proto__") {
          Object.defineProperty(to, key, { value: copy, writable: true, enumerable: true, configurable: true });
        } else {
          (to as Record<string, unknown>)[key] = copy;
        }
      }
    }
    return to;
  }

  // The tag only chooses which internal slot to ask for; a false tag makes the accessor throw.
  #cloneBuiltin(value: object): object | undefined {
    if (ArrayBuffer.isView(value)) {
      return this.#cloneView(value);
    }
    if (isErrorObject(value)) {
      return this.#cloneError(value as Error);
    }
    const tag = Object.prototype.toString.call(value);
    try {
      switch (tag) {
        case "[object Map]":
          Reflect.apply(mapSize, value, []);
          return this.#cloneMap(value as Map<unknown, unknown>);
        case "[object Set]":
          Reflect.apply(setSize, value, []);
          return this.#cloneSet(value as Set<unknown>);
        case "[object Date]":
          return this.#remember(value, new Date(Date.prototype.getTime.call(value)));
        case "[object RegExp]":
          return this.#remember(value, new RegExp((value as RegExp).source, (value as RegExp).flags));
        case "[object Boolean]":
          return this.#remember(value, Object(Boolean.prototype.valueOf.call(value)) as object);
        case "[object Number]":
          return this.#remember(value, Object(Number.prototype.valueOf.call(value)) as object);
        case "[object String]":
          return this.#remember(value, Object(String.prototype.valueOf.call(value)) as object);
        case "[object BigInt]":
          return this.#remember(value, Object(BigInt.prototype.valueOf.call(value)) as object);
        case "[object ArrayBuffer]":
          return this.#cloneBuffer(value as ResizableBuffer);
        default:
      }
    } catch (error) {
      if (!(error instanceof TypeError) || this.#memory.has(value)) {
        throw error;
      }
      return undefined;
    }
    if (isSharedArrayBuffer(value)) {
      return value;
    }
    if (UNCLONEABLE.has(tag) || (tag === "[object Symbol]" && value instanceof Symbol)) {
      throw cannotClone(value);
    }
    return undefined;
  }

  #cloneMap(value: Map<unknown, unknown>): object {
    const copy = this.#remember(value, new Map<unknown, unknown>());
    const entries: [unknown, unknown][] = [];
    Map.prototype.forEach.call(value, (item, key) => entries.push([key, item]));
    for (const [key, item] of entries) {
      copy.set(this.clone(key), this.clone(item));
    }
    return copy;
  }

  #cloneSet(value: Set<unknown>): object {
    const copy = this.#remember(value, new Set<unknown>());
    const items: unknown[] = [];
    Set.prototype.forEach.call(value, (item) => items.push(item));
    for (const item of items) {
      copy.add(this.clone(item));
    }
    return copy;
  }

  #cloneBuffer(value: ResizableBuffer): object {
    if (value.detached) {
      throw cannotClone(value);
    }
    const copy = newBuffer(value);
    new Uint8Array(copy).set(new Uint8Array(value));
    return this.#remember(value, copy);
  }

  #cloneView(value: ArrayBufferView): object {
    if (isOutOfBounds(value)) {
      throw cannotClone(value);
    }
    const buffer = this.clone(value.buffer) as ArrayBuffer;
    const isDataView = value instanceof DataView;
    const name = isDataView ? "DataView" : (Reflect.apply(typedArrayName, value, []) as string);
    const constructor = (globalThis as unknown as Record<string, new (...args: unknown[]) => object>)[name];
    if (constructor === undefined) {
      throw cannotClone(value);
    }
    const length = isDataView ? value.byteLength : (value as Uint8Array).length;
    const tracksLength = (buffer as ResizableBuffer).resizable && isLengthTracking(value);
    return this.#remember(value, tracksLength ? new constructor(buffer, value.byteOffset) : new constructor(buffer, value.byteOffset, length));
  }

  #cloneError(value: Error): object {
    const name = value.name === undefined ? "Error" : String(value.name);
    const constructor = ERROR_NAMES.get(name) ?? Error;
    const message = Object.getOwnPropertyDescriptor(value, "message");
    const error = message !== undefined && "value" in message ? new constructor(String(message.value)) : new constructor();
    this.#remember(value, error);
    defineHidden(error, "stack", typeof value.stack === "string" ? value.stack : undefined);
    if (Object.hasOwn(value, "cause")) {
      defineHidden(error, "cause", this.clone(value.cause));
    }
    return error;
  }
}

const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, "size")?.get as () => number;
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, "size")?.get as () => number;
const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get as () => string;
const typedArrayValues = (Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array).values;
const UNCLONEABLE = new Set(["[object WeakMap]", "[object WeakSet]", "[object WeakRef]", "[object Promise]", "[object Generator]", "[object AsyncGenerator]", "[object FinalizationRegistry]", "[object Symbol]"]);

function defineHidden(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: false, configurable: true });
}

function isErrorObject(value: object): boolean {
  const isError = (Error as unknown as { isError?: (value: unknown) => boolean }).isError;
  return isError === undefined ? value instanceof Error : isError(value);
}

function newBuffer(like: ResizableBuffer): ArrayBuffer {
  return like.resizable ? new (ArrayBuffer as never as new (length: number, options: object) => ArrayBuffer)(like.byteLength, { maxByteLength: like.maxByteLength }) : new ArrayBuffer(like.byteLength);
}

// A view of a resizable buffer that shrank below it. A DataView throws, a typed array has no length left.
function isOutOfBounds(view: ArrayBufferView): boolean {
  const buffer = view.buffer as ResizableBuffer;
  if (!buffer.resizable && !buffer.detached) {
    return false;
  }
  if (view instanceof DataView) {
    try {
      return view.byteLength < 0;
    } catch {
      return true;
    }
  }
  if (view.byteLength > 0) {
    return false;
  }
  try {
    // Making an iterator validates the view, and is all that happens to it here.
    Reflect.apply(typedArrayValues, view, []);
    return false;
  } catch {
    return true;
  }
}

// A view without a fixed length follows its buffer; the only sign of it is that it reaches the buffer's end.
function isLengthTracking(view: ArrayBufferView): boolean {
  return view.byteOffset + view.byteLength === view.buffer.byteLength;
}

/** Copies a value; entries of `transfer` move instead. */
export function cloneValue(value: unknown, transfer: readonly object[]): unknown {
  const cloner = new Cloner();
  if (transfer.length === 0) {
    return cloner.clone(value);
  }
  cloner.prepare(transfer, value);
  if (transfer[0] === value && transfer.length === 1 && isArrayBuffer(value)) {
    return (value as ResizableBuffer).transfer();
  }
  const copy = cloner.clone(value);
  cloner.finish();
  return copy;
}

/** The global `structuredClone(value, { transfer })`. */
export function structuredClone<T>(value: T, options?: StructuredSerializeOptions): T {
  requireArguments(arguments.length, 1);
  const transfer = options?.transfer;
  return cloneValue(value, transfer === undefined ? [] : [...transfer]) as T;
}
