// `Bun.file`, `Bun.write` and the standard streams as files. A BunFile is a Blob whose bytes are read
// when asked for; nothing is opened before. Copies between files stay in the kernel.

import * as native from "crust:ops/fs";
import { Blob, blobBytesInMemory, isBlob, storageInit } from "crust:web/blob";
import { typeOf, unknownType } from "crust:fs/mime";

export type Place = string | number;
type Data = string | ArrayBuffer | ArrayBufferView | Blob | Response | Request | unknown;

const BYTES = 0;
const DOCUMENT = 2;
const O_WRITE = 0o1101;
const FORMAT = 0o170000;
const CHUNK = 256 * 1024;
const parse = JSON.parse;
const filePath = Symbol.for("crust.filePath");

let placeOf: (file: BunFile) => FilePlace;
let isBunFileObject: (value: object) => boolean;

/** Where a file's bytes are: `end` is -1 up to the end. */
export interface FilePlace {
  place: Place;
  start: number;
  end: number;
}

// Read through the base class only by code that does not know this one, such as `new Blob([file])`.
class FileStorage {
  #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }
  get size(): number {
    return sizeOf(this.#place);
  }
  read(start: number, end: number): Promise<Uint8Array> {
    return native.readWhole(true, this.#place, BYTES, start, end);
  }
}

function figuresOf(place: Place): number[] | undefined {
  if (typeof place === "string") return native.stat(false, place, true, false);
  try {
    return native.fstat(false, place);
  } catch {
    return undefined;
  }
}

function sizeOf(place: Place): number {
  const figures = figuresOf(place);
  if (figures === undefined) return 0;
  // What is no regular file has no size before its end.
  return (figures[1]! & FORMAT) === 0o100000 ? figures[8]! : (figures[1]! & FORMAT) === 0o40000 ? figures[8]! : Infinity;
}

function clamp(value: unknown, missing: number, size: number): number {
  if (value === undefined) return missing;
  const number = Math.trunc(Number(value)) || 0;
  return number < 0 ? Math.max(0, size + number) : Math.min(number, size);
}

export class BunFile extends Blob {
  #place: Place;
  #start: number;
  #end: number;
  #type: string;
  #name: string | undefined;

  static {
    isBunFileObject = (value) => #place in value;
    placeOf = (file) => ({ place: file.#place, start: file.#start, end: file.#end });
  }

  constructor(place: Place, type: string | undefined, start = 0, end = -1) {
    const storage = new FileStorage(place);
    // The end of the file may move until it is read.
    const lastByte = end >= 0 ? end : { valueOf: () => storage.size };
    super(storageInit(storage as never, start, lastByte as number));
    this.#place = place;
    this.#start = start;
    this.#end = end;
    this.#type = type ?? (typeof place === "string" ? typeOf(place) : unknownType);
    this.#name = typeof place === "string" ? place : undefined;
  }

  get size(): number {
    const size = sizeOf(this.#place);
    if (size === Infinity) return size;
    return Math.max(0, Math.min(this.#end < 0 ? size : this.#end, size) - this.#start);
  }
  get type(): string {
    return this.#type;
  }
  get name(): string | undefined {
    return this.#name;
  }
  set name(value: string) {
    this.#name = String(value);
  }
  get lastModified(): number {
    const figures = figuresOf(this.#place);
    return figures === undefined ? 0 : Math.floor(figures[12]! * 1000 + figures[13]! / 1e6);
  }
  // How the console shows it: by path or descriptor unless it is a slice.
  get [filePath](): Place | undefined {
    return this.#start === 0 && this.#end < 0 ? this.#place : undefined;
  }

  async exists(): Promise<boolean> {
    const figures = typeof this.#place === "string" ? await native.stat(true, this.#place, true, false) : figuresOf(this.#place);
    return figures !== undefined && (figures[1]! & FORMAT) !== 0o40000;
  }
  #read(form: number): Promise<any> {
    return native.readWhole(true, this.#place, form, this.#start, this.#end).catch(explainDirectory);
  }
  async text(): Promise<string> {
    return this.#read(DOCUMENT);
  }
  async json(): Promise<any> {
    return parse(await this.#read(DOCUMENT));
  }
  async bytes(): Promise<Uint8Array> {
    return this.#read(BYTES);
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.#read(BYTES)).buffer;
  }
  async formData(): Promise<object> {
    const { parseFormData } = require("crust:web/form_data_parser");
    return parseFormData(await this.bytes(), this.#type);
  }

  slice(start?: any, end?: any, type?: any): any {
    if (typeof start === "string") [start, type] = [undefined, start];
    else if (typeof end === "string") [end, type] = [undefined, end];
    const size = this.size;
    const from = clamp(start, 0, size);
    const until = end === undefined ? (this.#end < 0 ? -1 : this.#end) : this.#start + Math.max(from, clamp(end, size, size));
    return new BunFile(this.#place, type === undefined ? this.#type : String(type), this.#start + from, until);
  }
  stream(): any {
    return require("crust:fs/file_stream").streamOf(this.#place, this.#start, this.#end, CHUNK);
  }
  writer(options?: { highWaterMark?: number }): any {
    return new (require("crust:fs/file_sink").FileSink)(this.#place, options);
  }
  write(data: Data, options?: WriteOptions): Promise<number> {
    return write(this, data, options);
  }
  async unlink(): Promise<void> {
    if (typeof this.#place !== "string") throw codedError("ERR_INVALID_ARG_TYPE", "A file that was opened by its descriptor has no path to remove");
    await native.unlink(true, this.#place);
  }
  delete(): Promise<void> {
    return this.unlink();
  }
  async stat(): Promise<any> {
    const { makeStats } = require("crust:fs/stats");
    return makeStats(typeof this.#place === "string" ? await native.stat(true, this.#place, true, true) : await native.fstat(true, this.#place), false);
  }
}
// Programs see a Blob.
Object.defineProperty(BunFile, "name", { value: "Blob" });
Object.defineProperty(BunFile.prototype, "constructor", { value: Blob, writable: true, configurable: true });

function explainDirectory(error: any): never {
  if (error?.code === "EISDIR") error.message = "Directories cannot be read like files";
  throw error;
}

function codedError(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}

/** Whether a value is what `Bun.file` made. */
export function isBunFile(value: unknown): value is BunFile {
  return typeof value === "object" && value !== null && isBunFileObject(value);
}

/** The path or descriptor and range of a BunFile, for code that sends files itself. */
export function filePlace(file: BunFile): FilePlace {
  return placeOf(file);
}

function toPlace(value: unknown): Place | undefined {
  if (typeof value === "string") return value.startsWith("file:") ? require("crust:node/url").fileURLToPath(value) : value;
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 && value <= 2147483647 ? value : undefined;
  if (value instanceof URL) return require("crust:node/url").fileURLToPath(value);
  if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value);
  if (value instanceof ArrayBuffer) return new TextDecoder().decode(value);
  return undefined;
}

function refuseNullBytes(place: Place): void {
  if (typeof place === "string" && place.includes("\0")) {
    const { codes } = require("crust:node/internal/errors");
    throw new codes.ERR_INVALID_ARG_VALUE("path", place, "must be a string, Uint8Array, or URL without null bytes");
  }
}

export function file(path: unknown, options?: { type?: string }): BunFile {
  if (isBunFile(path)) return path;
  const place = toPlace(path);
  if (place === undefined) throw codedError("ERR_INVALID_ARG_TYPE", "Expected file path string or file descriptor");
  refuseNullBytes(place);
  return new BunFile(place, options?.type === undefined ? undefined : String(options.type));
}

export interface WriteOptions {
  mode?: number;
  createPath?: boolean;
}

/** Replaces a file by data and answers how many bytes that were. Wrong arguments throw at once. */
export function write(destination: unknown, data: Data, options?: WriteOptions): Promise<number> {
  let place: Place | undefined;
  if (isBunFile(destination)) ({ place } = placeOf(destination));
  else place = toPlace(destination);
  if (place === undefined) {
    throw codedError("ERR_INVALID_ARG_TYPE", `The "destination" argument must be of type path, file descriptor, or Blob. Received ${destination === null ? "null" : typeof destination}`);
  }
  refuseNullBytes(place);
  if (data === undefined || data === null) throw codedError("ERR_INVALID_ARG_TYPE", "Bun.write(pathOrFdOrBlob, blob) expects a Blob-y thing to write");
  return writeTo(place, data, options?.mode ?? 0o664, options?.createPath !== false);
}

async function writeTo(place: Place, data: Data, mode: number, parents: boolean): Promise<number> {
  if (typeof data === "string") return writeText(place, data, mode, parents);
  if (isBunFile(data)) return copy(data, place, mode);
  if (isBlob(data)) return writeBytes(place, blobBytesInMemory(data) ?? (await data.bytes()), mode, parents);
  if (ArrayBuffer.isView(data)) return writeBytes(place, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), mode, parents);
  if (data instanceof ArrayBuffer || (typeof SharedArrayBuffer === "function" && data instanceof SharedArrayBuffer)) {
    return writeBytes(place, new Uint8Array(data as ArrayBuffer), mode, parents);
  }
  const tag = Object.prototype.toString.call(data);
  if (tag === "[object Response]" || tag === "[object Request]") return writeBody(place, data as Response, mode, parents);
  if (tag === "[object ReadableStream]") return writeStream(place, data as ReadableStream, mode, parents);
  if (Array.isArray(data)) return writeBytes(place, await new Blob(data as never).bytes(), mode, parents);
  return writeText(place, String(data), mode, parents);
}

async function writeBody(place: Place, body: Response, mode: number, parents: boolean): Promise<number> {
  if (body.body === null) return writeBytes(place, new Uint8Array(0), mode, parents);
  const length = Number(body.headers.get("content-length") ?? NaN);
  // What is known to be small is written in one go, so that a failed download leaves no file.
  return length <= CHUNK ? writeBytes(place, await body.bytes(), mode, parents) : writeStream(place, body.body as ReadableStream, mode, parents);
}

async function writeStream(place: Place, stream: ReadableStream, mode: number, parents: boolean): Promise<number> {
  let total = 0;
  let flags = O_WRITE;
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array | string>) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    await native.writeWhole(true, place, bytes, flags, mode, parents, false);
    total += bytes.length;
    // From here on at the end.
    flags = 0o2001;
  }
  if (total === 0) await native.writeWhole(true, place, new Uint8Array(0), O_WRITE, mode, parents, false);
  return total;
}

async function writeText(place: Place, text: string, mode: number, parents: boolean): Promise<number> {
  if (place === 1 || place === 2) return require("crust:ops/console").write(place, text);
  return native.writeWholeText(true, place, text, O_WRITE, mode, parents, false);
}

async function writeBytes(place: Place, bytes: Uint8Array, mode: number, parents: boolean): Promise<number> {
  if (place === 1 || place === 2) return require("crust:ops/console").writeBytes(place, bytes);
  return native.writeWhole(true, place, bytes, O_WRITE, mode, parents, false);
}

async function copy(source: BunFile, place: Place, mode: number): Promise<number> {
  const { place: from, start, end } = placeOf(source);
  if (typeof from !== "string" || from === place) return writeBytes(place, await source.bytes(), mode, true);
  if (typeof place === "number") require("crust:ops/core").flush();
  return native.copyRange(true, from, start, end, place, mode);
}

export const stdin: BunFile = new BunFile(0, undefined);
export const stdout: BunFile = new BunFile(1, undefined);
export const stderr: BunFile = new BunFile(2, undefined);
