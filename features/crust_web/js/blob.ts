// Blob and File of the File API. A blob is a range of some storage: memory here, a file in the file feature.
// Bytes are read only when asked for.

import { decodeUtf8, encodeUtf8 } from "crust:web/encoding";
import { bytesOf, codedTypeError, defineClone, defineInterface, defineLengths, describe, inspectCustom, isBufferSource, isObject, toDictionary, toDOMString, toUSVString } from "crust:web/webidl";
import type { ReadableByteStreamController } from "crust:web/streams/byte_controller_classes";
import type { ReadableStream } from "crust:web/streams/readable";

/** Immutable bytes somewhere. Ranges are within 0..size. */
export interface BlobStorage {
  readonly size: number;
  read(start: number, end: number): Uint8Array | Promise<Uint8Array>;
}

class MemoryStorage implements BlobStorage {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get size(): number {
    return this.#bytes.length;
  }
  read(start: number, end: number): Uint8Array {
    return start === 0 && end === this.#bytes.length ? this.#bytes : this.#bytes.subarray(start, end);
  }
}

interface BlobRange {
  storage: BlobStorage;
  start: number;
  end: number;
}

// A blob made of parts of which at least one is not in memory.
class CompositeStorage implements BlobStorage {
  readonly #ranges: BlobRange[];
  readonly size: number;

  constructor(ranges: BlobRange[]) {
    this.#ranges = ranges;
    this.size = ranges.reduce((sum, range) => sum + range.end - range.start, 0);
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    const result = new Uint8Array(end - start);
    let offset = 0;
    for (const range of this.#ranges) {
      const length = range.end - range.start;
      const from = Math.max(start, offset);
      const to = Math.min(end, offset + length);
      if (from < to) {
        result.set(await range.storage.read(range.start + from - offset, range.start + to - offset), from - start);
      }
      offset += length;
    }
    return result;
  }
}

export interface BlobPropertyBag {
  type?: string;
  endings?: "transparent" | "native";
}

export type BlobPart = string | BufferSource | Blob;

// What a stream reads at a time.
const STREAM_CHUNK = 65536;
const FROM_STORAGE = Symbol("blob from storage");

/** What a subclass such as Bun's file object passes to `super` to bring its own storage. */
export interface StorageInit extends BlobRange {
  [FROM_STORAGE]: true;
}

export function storageInit(storage: BlobStorage, start = 0, end = storage.size): StorageInit {
  return { storage, start, end, [FROM_STORAGE]: true };
}

let rangeOf: (blob: Blob) => BlobRange;
let isBlobObject: (value: object) => boolean;

export class Blob {
  #storage: BlobStorage;
  #start: number;
  #end: number;
  #type: string;

  static {
    isBlobObject = (value) => #storage in value;
    rangeOf = (blob) => ({ storage: blob.#storage, start: blob.#start, end: blob.#end });
  }

  constructor(parts?: Iterable<BlobPart> | StorageInit, options?: BlobPropertyBag) {
    if (isObject(parts) && FROM_STORAGE in parts) {
      const init = parts as StorageInit;
      this.#storage = init.storage;
      this.#start = init.start;
      this.#end = init.end;
      this.#type = options?.type ?? "";
      return;
    }
    const bag = toDictionary<BlobPropertyBag>(options, "options");
    const endings = bag.endings === undefined ? "transparent" : toDOMString(bag.endings);
    if (endings !== "transparent" && endings !== "native") {
      throw new TypeError(`'${endings}' is not a valid value of "endings"`);
    }
    const storage = parts === undefined ? new MemoryStorage(new Uint8Array(0)) : collectParts(parts as Iterable<BlobPart>, endings === "native");
    this.#storage = storage;
    this.#start = 0;
    this.#end = storage.size;
    this.#type = normalizeType(bag.type);
  }

  get size(): number {
    return this.#end - this.#start;
  }
  get type(): string {
    return this.#type;
  }

  slice(start?: number, end?: number, contentType?: string): Blob {
    const size = this.size;
    const from = clampOffset(start, 0, size);
    const to = Math.max(from, clampOffset(end, size, size));
    return new Blob(storageInit(this.#storage, this.#start + from, this.#start + to), { type: normalizeType(contentType) });
  }

  stream(): ReadableStream {
    const { ReadableStream } = require("crust:web/streams/readable") as typeof import("crust:web/streams/readable");
    let position = this.#start;
    return new ReadableStream({
      type: "bytes",
      pull: async (controller: ReadableByteStreamController) => {
        const end = Math.min(this.#end, position + STREAM_CHUNK);
        if (position < end) {
          const chunk = await this.#storage.read(position, end);
          position = end;
          controller.enqueue(chunk.slice());
        }
        if (position >= this.#end) {
          controller.close();
          controller.byobRequest?.respond(0);
        }
      },
    });
  }

  async text(): Promise<string> {
    return decodeUtf8(await this.#storage.read(this.#start, this.#end));
  }
  async bytes(): Promise<Uint8Array> {
    return (await this.#storage.read(this.#start, this.#end)).slice();
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer as ArrayBuffer;
  }
  /** Bun's extension. */
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
  /** Bun's extension. */
  async formData(): Promise<object> {
    const { parseFormData } = require("crust:web/form_data_parser") as typeof import("crust:web/form_data_parser");
    return parseFormData(await this.bytes(), this.#type);
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    return `Blob ${inspect({ size: this.size, type: this.#type }, options)}`;
  }
}
defineInterface(Blob, "Blob");
defineLengths(Blob, { constructor: 0, slice: 0 });

function collectParts(parts: Iterable<BlobPart>, nativeEndings: boolean): BlobStorage {
  const open: unknown = isObject(parts) ? parts[Symbol.iterator] : undefined;
  if (typeof open !== "function") {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", "new Blob() expects an Array");
  }
  // The method is read once, as Web IDL reads a sequence.
  const sequence = { [Symbol.iterator]: () => Reflect.apply(open, parts, []) as Iterator<BlobPart> };
  const ranges: BlobRange[] = [];
  let inMemory = true;
  for (const part of sequence) {
    const range = isBlob(part) ? rangeOf(part) : memoryRange(partBytes(part, nativeEndings));
    inMemory &&= range.storage instanceof MemoryStorage;
    ranges.push(range);
  }
  if (!inMemory) {
    return new CompositeStorage(ranges);
  }
  const bytes = new Uint8Array(ranges.reduce((sum, range) => sum + range.end - range.start, 0));
  let offset = 0;
  for (const range of ranges) {
    bytes.set(range.storage.read(range.start, range.end) as Uint8Array, offset);
    offset += range.end - range.start;
  }
  return new MemoryStorage(bytes);
}

function memoryRange(bytes: Uint8Array): BlobRange {
  return { storage: new MemoryStorage(bytes), start: 0, end: bytes.length };
}

function partBytes(part: unknown, nativeEndings: boolean): Uint8Array {
  if (isBufferSource(part)) {
    return bytesOf(part);
  }
  const text = toUSVString(part);
  return encodeUtf8(nativeEndings ? text.replace(/\r\n?/g, "\n") : text);
}

function normalizeType(type: unknown): string {
  const text = type === undefined ? "" : toDOMString(type);
  return /[^\x20-\x7e]/.test(text) ? "" : text.toLowerCase();
}

function clampOffset(value: unknown, missing: number, size: number): number {
  if (value === undefined) {
    return missing;
  }
  const number = Math.trunc(Number(value)) || 0;
  return number < 0 ? Math.max(0, size + number) : Math.min(number, size);
}

export interface FilePropertyBag extends BlobPropertyBag {
  lastModified?: number;
}

export class File extends Blob {
  #name: string;
  #lastModified: number;

  constructor(parts: Iterable<BlobPart> | StorageInit, name: string, options?: FilePropertyBag) {
    if (arguments.length < 2) {
      throw codedTypeError("ERR_MISSING_ARGS", `new File(bits, name) expects at least 2 arguments. Received ${arguments.length === 0 ? "none" : describe(parts)}`);
    }
    super(parts, options);
    this.#name = toUSVString(name);
    this.#lastModified = options?.lastModified === undefined ? Date.now() : Math.trunc(Number(options.lastModified)) || 0;
  }

  get name(): string {
    return this.#name;
  }
  get lastModified(): number {
    return this.#lastModified;
  }
  get webkitRelativePath(): string {
    return "";
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    return `File ${inspect({ size: this.size, type: this.type, name: this.#name, lastModified: this.#lastModified }, options)}`;
  }
}
defineInterface(File, "File");
defineLengths(File, { constructor: 2 });

// A blob's bytes never change, so a clone shares them.
defineClone(Blob, (blob: Blob) => blobWithType(blob, blob.type));
defineClone(File, (file: File) => fileFromBlob(file, file.name, file.lastModified));

/** True for a Blob or File made here, file objects of other features included. */
export function isBlob(value: unknown): value is Blob {
  return isObject(value) && isBlobObject(value);
}

/** The storage and range behind a blob; reading it copies nothing that is in memory. */
export function blobRange(blob: Blob): BlobRange {
  return rangeOf(blob);
}

/** The bytes of a blob that is in memory, without a copy; null if they must be read first. */
export function blobBytesInMemory(blob: Blob): Uint8Array | null {
  const { storage, start, end } = rangeOf(blob);
  return storage instanceof MemoryStorage ? storage.read(start, end) : null;
}

/** A blob over bytes that the caller promises not to change. */
export function blobFromBytes(bytes: Uint8Array, type: string): Blob {
  return new Blob(storageInit(new MemoryStorage(bytes)), { type });
}

/** The same bytes under another type. */
export function blobWithType(blob: Blob, type: string): Blob {
  const { storage, start, end } = rangeOf(blob);
  return new Blob(storageInit(storage, start, end), { type });
}

/** The same bytes and type as a file. */
export function fileFromBlob(blob: Blob, name: string, lastModified: number = Date.now()): File {
  const { storage, start, end } = rangeOf(blob);
  return new File(storageInit(storage, start, end), name, { type: blob.type, lastModified });
}
