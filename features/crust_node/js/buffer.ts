// `node:buffer`: Buffer, a Uint8Array with encodings. Encodings, numbers and search are beside it in internal/.
// Every buffer has an ArrayBuffer of its own: the engine makes those faster than views of a shared pool.

import { compareBytes, indexOfBytes, isUtf8 as nativeIsUtf8, utf8Fill } from "crust:ops/node";
import { findEncoding, normalizeEncoding, utf8, type Encoding } from "crust:node/internal/buffer_encodings";
import { installNumbers } from "crust:node/internal/buffer_numbers";
import { codes } from "crust:node/internal/errors";
import { validateArray, validateInteger, validateNumber, validateString } from "crust:node/internal/validators";

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_ENCODING, ERR_INVALID_BUFFER_SIZE } = codes as any;

/** The engine's limits: 4 GiB per ArrayBuffer, 2³¹ - 1 units per string. */
export const kMaxLength = 2 ** 32;
export const kStringMaxLength = 2 ** 31 - 1;
export const constants = Object.defineProperties({}, {
  MAX_LENGTH: { value: kMaxLength, enumerable: true },
  MAX_STRING_LENGTH: { value: kStringMaxLength, enumerable: true },
}) as { MAX_LENGTH: number; MAX_STRING_LENGTH: number };

const { toString: tagOf } = Object.prototype;
const setBytes = Uint8Array.prototype.set;
const indexOfByte = Uint8Array.prototype.indexOf;
const lastIndexOfByte = Uint8Array.prototype.lastIndexOf;
const fillBytes = Uint8Array.prototype.fill;
const sliceBytes = Uint8Array.prototype.slice;
const customInspect = Symbol.for("nodejs.util.inspect.custom");

class FastBuffer extends Uint8Array {}
type Bytes = Uint8Array & Record<string, any>;

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || (ArrayBuffer.isView(value) && (value as any)[Symbol.toStringTag] === "Uint8Array");
}

function isAnyArrayBuffer(value: any): value is ArrayBuffer {
  if (value === null || typeof value !== "object") return false;
  if (value instanceof ArrayBuffer || (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer)) return true;
  const tag = tagOf.call(value);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}

function encodingOf(name: unknown): Encoding {
  if (name === undefined || name === "utf8") return utf8;
  const found = findEncoding(name);
  if (found === undefined) throw new ERR_UNKNOWN_ENCODING(name);
  return found;
}

function checkSize(size: unknown): asserts size is number {
  validateNumber(size, "size", 0, kMaxLength);
}

// ---- The constructor, callable with and without `new`.

function Buffer(this: any, arg: any, encodingOrOffset?: any, length?: any): any {
  warnAboutConstructor();
  if (typeof arg === "number") {
    if (typeof encodingOrOffset === "string") throw new ERR_INVALID_ARG_TYPE("string", "string", arg);
    return Buffer.alloc(arg);
  }
  return Buffer.from(arg, encodingOrOffset, length);
}

let constructorWarned = false;
function warnAboutConstructor(): void {
  if (constructorWarned) return;
  constructorWarned = true;
  process.emitWarning(
    "Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), Buffer.allocUnsafe(), or Buffer.from() methods instead.",
    "DeprecationWarning",
    "DEP0005",
  );
}

Object.setPrototypeOf(Buffer, Uint8Array);
Object.defineProperty(Buffer, "prototype", { value: FastBuffer.prototype, writable: true });
Object.defineProperty(FastBuffer.prototype, "constructor", { value: Buffer, writable: true, configurable: true });
Object.defineProperty(Buffer, Symbol.species, { get: () => FastBuffer, configurable: true, enumerable: false });
Buffer.poolSize = 8192;

// ---- Making buffers.

/** Below this a JavaScript loop beats a native call. */
const SHORT = 48;

function fromUtf8(text: string): Bytes {
  const units = text.length;
  const buffer: Bytes = new FastBuffer(units);
  if (units <= SHORT) {
    let i = 0;
    for (; i < units; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) break;
      buffer[i] = code;
    }
    if (i === units) return buffer;
  }
  // Right at once for ASCII; else the first answer is the size.
  const needed = utf8Fill(buffer, text);
  if (needed === units) return buffer;
  const larger: Bytes = new FastBuffer(needed);
  utf8Fill(larger, text);
  return larger;
}

function fromString(text: string, encodingName: unknown): Bytes {
  const encoding = typeof encodingName === "string" && encodingName.length > 0 ? encodingOf(encodingName) : utf8;
  if (text.length === 0) return new FastBuffer();
  if (encoding === utf8) return fromUtf8(text);
  const length = encoding.byteLength(text);
  const buffer: Bytes = new FastBuffer(length);
  const written = encoding.write(buffer, text, 0, length);
  return written === length ? buffer : (sliceBytes.call(buffer, 0, written) as Bytes);
}

function fromArrayBuffer(source: ArrayBuffer, byteOffset: any, length: any): Bytes {
  let offset = 0;
  if (byteOffset !== undefined) {
    offset = +byteOffset;
    if (Number.isNaN(offset)) offset = 0;
  }
  const most = source.byteLength - offset;
  if (most < 0) throw new (codes as any).ERR_BUFFER_OUT_OF_BOUNDS("offset");
  if (length === undefined) return new FastBuffer(source, offset, most);
  const wanted = +length;
  if (wanted > 0) {
    if (wanted > most) throw new (codes as any).ERR_BUFFER_OUT_OF_BOUNDS("length");
    return new FastBuffer(source, offset, wanted);
  }
  return new FastBuffer(source, offset, 0);
}

function fromArrayLike(source: ArrayLike<number>): Bytes {
  if (source.length <= 0) return new FastBuffer();
  const buffer: Bytes = new FastBuffer(source.length);
  setBytes.call(buffer, source);
  return buffer;
}

function fromObject(source: any): Bytes | undefined {
  if (source.length !== undefined || isAnyArrayBuffer(source.buffer)) {
    return typeof source.length === "number" ? fromArrayLike(source) : new FastBuffer();
  }
  if (source.type === "Buffer" && Array.isArray(source.data)) return fromArrayLike(source.data);
  return undefined;
}

Buffer.from = function from(value: any, encodingOrOffset?: any, length?: any): Bytes {
  if (typeof value === "string") return fromString(value, encodingOrOffset);
  if (typeof value === "object" && value !== null) {
    if (isAnyArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
    const primitive = value.valueOf && value.valueOf();
    if (primitive != null && primitive !== value && (typeof primitive === "string" || typeof primitive === "object")) {
      return Buffer.from(primitive, encodingOrOffset, length);
    }
    const made = fromObject(value);
    if (made) return made;
    if (typeof value[Symbol.toPrimitive] === "function") {
      const text = value[Symbol.toPrimitive]("string");
      if (typeof text === "string") return fromString(text, encodingOrOffset);
    }
  }
  throw new ERR_INVALID_ARG_TYPE("first argument", ["string", "Buffer", "ArrayBuffer", "Array", "Array-like Object"], value);
};

Buffer.copyBytesFrom = function copyBytesFrom(view: any, offset = 0, length?: number): Bytes {
  if (!ArrayBuffer.isView(view) || view instanceof DataView) throw new ERR_INVALID_ARG_TYPE("view", ["TypedArray"], view);
  const source = view as any;
  if (source.length === 0) return Buffer.alloc(0);
  validateInteger(offset, "offset", 0);
  if (offset >= source.length) return Buffer.alloc(0);
  let end = source.length;
  if (length !== undefined) {
    validateInteger(length, "length", 0);
    end = Math.min(offset + length, end);
  }
  const part = source.slice(offset, end);
  return fromArrayLike(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
};

Buffer.of = function of(...items: number[]): Bytes {
  return fromArrayLike(items);
};

Buffer.alloc = function alloc(size: number, fill?: any, encoding?: any): Bytes {
  checkSize(size);
  if (fill !== undefined && fill !== 0 && size > 0) return fillBuffer(new FastBuffer(size), fill, undefined, undefined, encoding);
  return new FastBuffer(size);
};

Buffer.allocUnsafe = function allocUnsafe(size: number): Bytes {
  checkSize(size);
  return new FastBuffer(size);
};

Buffer.allocUnsafeSlow = function allocUnsafeSlow(size: number): Bytes {
  checkSize(size);
  return new FastBuffer(size);
};

Buffer.isBuffer = function isBuffer(value: unknown): boolean {
  return value instanceof Buffer;
};

Buffer.isEncoding = function isEncoding(encoding: unknown): boolean {
  return typeof encoding === "string" && encoding.length !== 0 && normalizeEncoding(encoding) !== undefined;
};

Buffer.byteLength = function byteLength(value: any, encoding?: any): number {
  if (typeof value !== "string") {
    if (ArrayBuffer.isView(value) || isAnyArrayBuffer(value)) return value.byteLength;
    throw new ERR_INVALID_ARG_TYPE("string", ["string", "Buffer", "ArrayBuffer"], value);
  }
  // An unknown encoding counts as UTF-8 here, unlike elsewhere.
  return ((encoding && findEncoding(encoding)) || utf8).byteLength(value);
};

Buffer.concat = function concat(list: Uint8Array[], length?: number): Bytes {
  validateArray(list, "list");
  if (list.length === 0) return new FastBuffer();
  let total = 0;
  for (const item of list) if (item?.length) total += item.length;
  if (length !== undefined) {
    validateInteger(length, "length", 0);
    total = length;
  }
  const buffer = Buffer.allocUnsafe(total);
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    const item = list[i]!;
    if (!isBytes(item)) throw new ERR_INVALID_ARG_TYPE(`list[${i}]`, ["Buffer", "Uint8Array"], item);
    at += copyInto(item, buffer, at, 0, item.length);
  }
  return buffer;
};

Buffer.compare = function compare(a: any, b: any): number {
  if (!isBytes(a)) throw new ERR_INVALID_ARG_TYPE("buf1", ["Buffer", "Uint8Array"], a);
  if (!isBytes(b)) throw new ERR_INVALID_ARG_TYPE("buf2", ["Buffer", "Uint8Array"], b);
  return a === b ? 0 : compareRange(a, 0, a.length, b, 0, b.length);
};

// ---- Comparing and copying ranges.

function compareRange(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): number {
  const common = Math.min(aEnd - aStart, bEnd - bStart);
  if (common > 64) {
    const order = compareBytes(a, aStart, b, bStart, common);
    if (order !== 0) return order;
  } else {
    for (let i = 0; i < common; i++) {
      const left = a[aStart + i]!;
      const right = b[bStart + i]!;
      if (left !== right) return left < right ? -1 : 1;
    }
  }
  return Math.sign(aEnd - aStart - (bEnd - bStart));
}

const SMALL_COPY = 32;
const scratch = new Uint8Array(SMALL_COPY);

/** Copies what fits; answers how many bytes that was. */
function copyInto(source: Uint8Array, target: Uint8Array, targetStart: number, start: number, end: number): number {
  const count = Math.min(end - start, target.length - targetStart);
  if (count <= 0) return 0;
  if (count <= SMALL_COPY) {
    // Through a place of its own, as both may be of one ArrayBuffer; asking would make the engine create it.
    for (let i = 0; i < count; i++) scratch[i] = source[start + i]!;
    for (let i = 0; i < count; i++) target[targetStart + i] = scratch[i]!;
  } else if (start === 0 && count === source.length) setBytes.call(target, source, targetStart);
  else setBytes.call(target, new Uint8Array(source.buffer, source.byteOffset + start, count), targetStart);
  return count;
}

function toIndex(value: any, fallback: number): number {
  if (value === undefined) return fallback;
  return Math.trunc(+value) || 0;
}

// ---- Prototype methods.

const proto: any = FastBuffer.prototype;

function define(methods: Record<string, any>): void {
  for (const [name, method] of Object.entries(methods)) {
    Object.defineProperty(proto, name, { value: method, writable: true, configurable: true, enumerable: true });
  }
}

function fillRange(value: any, name: string, fallback: number, max: number): number {
  if (value === undefined) return fallback;
  validateNumber(value, name, 0, max);
  return value;
}

function fillBuffer(buffer: Bytes, value: any, offset: any, end: any, encoding: any): Bytes {
  if (typeof value === "string") {
    if (offset === undefined || typeof offset === "string") {
      encoding = offset ?? encoding;
      offset = 0;
      end = buffer.length;
    } else if (typeof end === "string") {
      encoding = end;
      end = buffer.length;
    }
    if (encoding != null) validateString(encoding, "encoding");
    if (encoding == null || encoding === "") encoding = undefined;
    encodingOf(encoding);
    if (value.length === 0) value = 0;
    else if (value.length === 1 && value.charCodeAt(0) < 128 && encodingOf(encoding) === utf8) value = value.charCodeAt(0);
  }
  const from = fillRange(offset, "offset", 0, Number.MAX_SAFE_INTEGER);
  const to = fillRange(end, "end", buffer.length, buffer.length);
  if (from >= to) return buffer;
  if (typeof value === "string" || ArrayBuffer.isView(value)) {
    const pattern: Uint8Array = typeof value === "string" ? fromString(value, encoding) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (pattern.length === 0) throw new ERR_INVALID_ARG_VALUE("value", value);
    repeatPattern(buffer, pattern, from, to);
    return buffer;
  }
  return fillBytes.call(buffer, typeof value === "boolean" ? Number(value) : value & 255, from, to) as Bytes;
}

/** Writes the pattern once, then doubles what is there. */
function repeatPattern(buffer: Uint8Array, pattern: Uint8Array, from: number, to: number): void {
  let done = copyInto(pattern, buffer, from, 0, Math.min(pattern.length, to - from));
  while (done < to - from) {
    const count = Math.min(done, to - from - done);
    buffer.copyWithin(from + done, from, from + count);
    done += count;
  }
}

/** Shared by indexOf, lastIndexOf and includes. */
function search(buffer: Bytes, value: any, byteOffset: any, encoding: any, forward: boolean): number {
  if (typeof byteOffset === "string") {
    encoding = byteOffset;
    byteOffset = undefined;
  } else if (byteOffset > 0x7fffffff) byteOffset = 0x7fffffff;
  else if (byteOffset < -0x80000000) byteOffset = -0x80000000;
  byteOffset = +byteOffset;
  if (Number.isNaN(byteOffset)) byteOffset = forward ? 0 : buffer.length || buffer.byteLength;
  byteOffset = Math.trunc(byteOffset);
  if (typeof value === "number") {
    const byte = value & 255;
    return forward ? indexOfByte.call(buffer, byte, byteOffset) : lastIndexOfByte.call(buffer, byte, byteOffset);
  }
  let needle: Uint8Array;
  let step = 1;
  if (typeof value === "string") {
    const found = encoding === undefined ? utf8 : findEncoding(encoding);
    if (found === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    needle = fromString(value, found.name);
    if (found.name === "utf16le") step = 2;
  } else if (isBytes(value)) {
    needle = value;
    if (encoding !== undefined && findEncoding(encoding)?.name === "utf16le") step = 2;
  } else throw new ERR_INVALID_ARG_TYPE("value", ["number", "string", "Buffer", "Uint8Array"], value);
  return searchBytes(buffer, needle, byteOffset, forward, step);
}

function searchBytes(buffer: Uint8Array, needle: Uint8Array, byteOffset: number, forward: boolean, step: number): number {
  const length = buffer.length;
  let from = byteOffset < 0 ? byteOffset + length : byteOffset;
  if (from < 0) {
    if (!forward) return needle.length === 0 ? 0 : -1;
    from = 0;
  }
  if (from > length) {
    if (forward) return needle.length === 0 ? length : -1;
    from = length;
  }
  if (needle.length === 0) return from;
  if (needle.length > length) return -1;
  if (step === 1 && needle.length === 1) return forward ? indexOfByte.call(buffer, needle[0]!, from) : lastIndexOfByte.call(buffer, needle[0]!, from);
  // A search by 16-bit units starts at a unit.
  return indexOfBytes(buffer, needle, step === 2 ? from - (from % 2) : from, forward, step);
}

function swapGroups(buffer: Bytes, size: number): Bytes {
  if (buffer.length % size !== 0) throw new ERR_INVALID_BUFFER_SIZE(`${size * 8}-bits`);
  for (let start = 0; start < buffer.length; start += size) {
    for (let i = 0, j = size - 1; i < j; i++, j--) {
      const held = buffer[start + i]!;
      buffer[start + i] = buffer[start + j]!;
      buffer[start + j] = held;
    }
  }
  return buffer;
}

function sliceRange(buffer: Bytes, start: any, end: any): Bytes {
  const length = buffer.length;
  let from = toIndex(start, 0);
  let to = toIndex(end, length);
  from = from < 0 ? Math.max(from + length, 0) : Math.min(from, length);
  to = to < 0 ? Math.max(to + length, 0) : Math.min(to, length);
  return new FastBuffer(buffer.buffer as ArrayBuffer, buffer.byteOffset + from, Math.max(to - from, 0));
}

let maxInspected = 50;

define({
  toString(this: Bytes, encoding?: any, start?: any, end?: any): string {
    if (arguments.length === 0) return utf8.slice(this, 0, this.length);
    const length = this.length;
    const from = start <= 0 || start === undefined ? 0 : start >= length ? length : Math.trunc(start) || 0;
    let to = end === undefined || end > length ? length : Math.trunc(end) || 0;
    if (to <= from) return "";
    return encodingOf(encoding === undefined ? undefined : encoding).slice(this, from, to);
  },
  equals(this: Bytes, other: any): boolean {
    if (!isBytes(other)) throw new ERR_INVALID_ARG_TYPE("otherBuffer", ["Buffer", "Uint8Array"], other);
    if (this === other) return true;
    return this.length === other.length && compareRange(this, 0, this.length, other, 0, other.length) === 0;
  },
  compare(this: Bytes, target: any, targetStart?: any, targetEnd?: any, sourceStart?: any, sourceEnd?: any): number {
    if (!isBytes(target)) throw new ERR_INVALID_ARG_TYPE("target", ["Buffer", "Uint8Array"], target);
    if (arguments.length === 1) return compareRange(this, 0, this.length, target, 0, target.length);
    const range = (value: any, name: string, fallback: number, max: number): number => {
      if (value === undefined) return fallback;
      validateInteger(value, name, 0, max);
      return value;
    };
    const tStart = range(targetStart, "targetStart", 0, Number.MAX_SAFE_INTEGER);
    const tEnd = range(targetEnd, "targetEnd", target.length, target.length);
    const sStart = range(sourceStart, "sourceStart", 0, Number.MAX_SAFE_INTEGER);
    const sEnd = range(sourceEnd, "sourceEnd", this.length, this.length);
    if (sStart >= sEnd) return tStart >= tEnd ? 0 : -1;
    if (tStart >= tEnd) return 1;
    return compareRange(this, sStart, sEnd, target, tStart, tEnd);
  },
  indexOf(this: Bytes, value: any, byteOffset?: any, encoding?: any): number {
    return search(this, value, byteOffset, encoding, true);
  },
  lastIndexOf(this: Bytes, value: any, byteOffset?: any, encoding?: any): number {
    return search(this, value, byteOffset, encoding, false);
  },
  includes(this: Bytes, value: any, byteOffset?: any, encoding?: any): boolean {
    return search(this, value, byteOffset, encoding, true) !== -1;
  },
  fill(this: Bytes, value: any, offset?: any, end?: any, encoding?: any): Bytes {
    return fillBuffer(this, value, offset, end, encoding);
  },
  copy(this: Bytes, target: any, targetStart?: any, sourceStart?: any, sourceEnd?: any): number {
    if (!isBytes(this)) throw new ERR_INVALID_ARG_TYPE("source", ["Buffer", "Uint8Array"], this);
    if (!ArrayBuffer.isView(target)) throw new ERR_INVALID_ARG_TYPE("target", ["Buffer", "Uint8Array"], target);
    const into = isBytes(target) ? target : new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    const at = toIndex(targetStart, 0);
    if (at < 0) throw new ERR_OUT_OF_RANGE("targetStart", ">= 0", at);
    const from = toIndex(sourceStart, 0);
    if (from < 0 || from > this.length) throw new ERR_OUT_OF_RANGE("sourceStart", `>= 0 && <= ${this.length}`, from);
    const to = toIndex(sourceEnd, this.length);
    if (to < 0) throw new ERR_OUT_OF_RANGE("sourceEnd", ">= 0", to);
    if (at >= into.length || from >= to) return 0;
    return copyInto(this, into, at, from, Math.min(to, this.length));
  },
  write(this: Bytes, text: any, offset?: any, length?: any, encoding?: any): number {
    if (typeof text !== "string") throw Object.assign(new TypeError("argument must be a string"), { code: "ERR_INVALID_ARG_TYPE" });
    let at = 0;
    let room = this.length;
    if (offset === undefined) return utf8.write(this, text, 0, room);
    if (length === undefined && typeof offset === "string") encoding = offset;
    else {
      validateInteger(offset, "offset", 0, this.length);
      at = offset;
      room -= at;
      if (typeof length === "string") encoding = length;
      else if (length !== undefined) {
        validateInteger(length, "length", 0, this.length);
        room = Math.min(length, room);
      }
    }
    return (encoding ? encodingOf(encoding) : utf8).write(this, text, at, room);
  },
  slice(this: Bytes, start?: any, end?: any): Bytes {
    return sliceRange(this, start, end);
  },
  subarray(this: Bytes, start?: any, end?: any): Bytes {
    return sliceRange(this, start, end);
  },
  toJSON(this: Bytes): { type: "Buffer"; data: number[] } {
    return { type: "Buffer", data: Array.from(this) };
  },
  swap16(this: Bytes): Bytes {
    return swapGroups(this, 2);
  },
  swap32(this: Bytes): Bytes {
    return swapGroups(this, 4);
  },
  swap64(this: Bytes): Bytes {
    return swapGroups(this, 8);
  },
});
proto.toLocaleString = proto.toString;
installNumbers(proto);

// Per-encoding methods that packages reach for, such as `utf8Write` and `hexSlice`.
for (const name of ["utf8", "latin1", "ascii", "hex", "base64", "base64url", "ucs2"]) {
  const encoding = findEncoding(name)!;
  define({
    [`${name}Slice`](this: Bytes, start = 0, end = this.length): string {
      return encoding.slice(this, start, Math.max(start, Math.min(end, this.length)));
    },
    [`${name}Write`](this: Bytes, text: string, offset = 0, length = this.length - offset): number {
      return encoding.write(this, text, offset, Math.min(length, this.length - offset));
    },
  });
}

Object.defineProperties(proto, {
  parent: { get(this: any) { return this instanceof Buffer ? this.buffer : undefined; }, enumerable: true, configurable: true },
  offset: { get(this: any) { return this instanceof Buffer ? this.byteOffset : undefined; }, enumerable: true, configurable: true },
});

proto[customInspect] = function inspectBuffer(this: Bytes, _depth: unknown, context: any): string {
  const shown = Math.min(maxInspected, this.length);
  let text = utf8HexPairs(this, shown);
  const hidden = this.length - shown;
  if (hidden > 0) text += ` ... ${hidden} more byte${hidden > 1 ? "s" : ""}`;
  if (context) {
    const extra = Object.keys(this).filter((key) => !/^\d+$/.test(key));
    if (extra.length > 0) {
      const { inspect } = require("crust:console/node_inspect");
      const own = Object.assign(Object.create(null), Object.fromEntries(extra.map((key) => [key, (this as any)[key]])));
      const body = inspect(own, { ...context, breakLength: Number.POSITIVE_INFINITY, compact: true });
      text += `${text ? ", " : ""}${body.slice(27, -2)}`;
    }
  }
  return `<${this.constructor.name} ${text}>`;
};
proto.inspect = proto[customInspect];

function utf8HexPairs(bytes: Uint8Array, count: number): string {
  const hex = findEncoding("hex")!.slice(bytes, 0, count);
  return hex.replace(/(..)(?=.)/g, "$1 ");
}

export function transcode(source: any, fromEncoding: any, toEncoding: any): Bytes {
  if (!isBytes(source)) throw new ERR_INVALID_ARG_TYPE("source", ["Buffer", "Uint8Array"], source);
  if (source.length === 0) return Buffer.alloc(0);
  const from = normalizeEncoding(fromEncoding);
  const to = normalizeEncoding(toEncoding);
  const possible = ["utf8", "utf16le", "latin1", "ascii"];
  if (from === undefined || to === undefined || !possible.includes(from) || !possible.includes(to)) {
    const error: any = new Error("Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]");
    error.code = "U_ILLEGAL_ARGUMENT_ERROR";
    error.errno = 1;
    throw error;
  }
  const text = findEncoding(from)!.slice(source, 0, source.length);
  if (to === "utf8" || to === "utf16le") return fromString(text, to);
  // What the single-byte target lacks becomes a question mark, one per character.
  const limit = to === "ascii" ? 0x7f : 0xff;
  const fitted = Array.from(text, (character) => (character.codePointAt(0)! > limit ? "?" : character)).join("");
  return fromString(fitted, "latin1");
}

export function isAscii(input: any): boolean {
  const bytes = bytesOf(input);
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 0x7f) return false;
  return true;
}

export function isUtf8(input: any): boolean {
  return nativeIsUtf8(bytesOf(input));
}

function bytesOf(input: any): Uint8Array {
  if (isAnyArrayBuffer(input)) {
    if ((input as any).detached) throw new (codes as any).ERR_INVALID_STATE("Cannot validate on a detached buffer");
    return new Uint8Array(input);
  }
  if (!ArrayBuffer.isView(input) || input instanceof DataView) throw new ERR_INVALID_ARG_TYPE("input", ["ArrayBuffer", "Buffer", "TypedArray"], input);
  return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
}

export function resolveObjectURL(id: string): any {
  return require("crust:web/blob_url").resolveObjectURL(`${id}`);
}

export const { atob, btoa, Blob, File } = globalThis as any;
export const INSPECT_MAX_BYTES = 50;
export { Buffer };


const defaultExport = {
  Buffer, transcode, isUtf8, isAscii, kMaxLength, kStringMaxLength, btoa, atob, constants, Blob, resolveObjectURL, File,
};
Object.defineProperty(defaultExport, "INSPECT_MAX_BYTES", {
  get: () => maxInspected,
  set(value: number) {
    validateNumber(value, "INSPECT_MAX_BYTES", 0);
    maxInspected = value;
  },
  enumerable: true,
  configurable: true,
});
export default defaultExport as typeof defaultExport & { INSPECT_MAX_BYTES: number };
