// `node:zlib`: gzip, deflate and Brotli, at once or as streams, over native coders. Zstandard and ZIP archives refuse.

import { Buffer } from "node:buffer";
import { codecClose, codecOpen, codecRun, codecWhole, codecWholeAsync, crc32 as nativeCrc32 } from "crust:ops/node";
import { codes as errors } from "crust:node/internal/errors";
import { kCustomPromisify } from "crust:node/internal/promisify";
import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";
import { Transform } from "crust:node/internal/streams/duplex";
import { validateFunction, validateUint32 } from "crust:node/internal/validators";
import { codes as zlibCodes, constants as zlibConstants } from "crust:node/internal/zlib_constants";

const B: any = Buffer;
const TransformBase: any = Transform;

export const constants: Record<string, number> = Object.freeze({ ...zlibConstants });
export const codes: Record<string, string | number> = Object.freeze({ ...zlibCodes });

type Codec = "gzip" | "gunzip" | "deflate" | "inflate" | "deflateRaw" | "inflateRaw" | "unzip" | "brotliCompress" | "brotliDecompress";
type Callback = (error: unknown, result?: any) => void;

interface Settings {
  level: number;
  windowBits: number;
  finishFlush: number;
  maxOutputLength: number;
  dictionary: Uint8Array | undefined;
  quality: number;
}

function ranged(options: any, key: string, min: number, max: number, fallback: number): number {
  const value = options?.[key];
  if (value === undefined || Number.isNaN(value)) return fallback;
  if (typeof value !== "number") throw new errors.ERR_INVALID_ARG_TYPE!(`options.${key}`, "number", value);
  if (!Number.isFinite(value) || value < min || value > max) throw new errors.ERR_OUT_OF_RANGE!(`options.${key}`, `>= ${min} and <= ${max}`, value);
  return value;
}

function settingsOf(codec: Codec, options: any): Settings {
  if (options != null && typeof options !== "object") throw new errors.ERR_INVALID_ARG_TYPE!("options", "Object", options);
  const brotli = codec.startsWith("brotli");
  const expands = ["gunzip", "inflate", "inflateRaw", "unzip"].includes(codec);
  ranged(options, "chunkSize", 64, Number.POSITIVE_INFINITY, 16384);
  const minWindow = expands ? 0 : codec === "gzip" ? 9 : 8;
  const settings: Settings = {
    level: brotli ? -1 : ranged(options, "level", -1, 9, -1),
    windowBits: brotli ? 22 : ranged(options, "windowBits", minWindow, 15, 15),
    finishFlush: ranged(options, "finishFlush", 0, brotli ? 3 : 5, brotli ? 2 : 4),
    maxOutputLength: ranged(options, "maxOutputLength", 1, 2 ** 32, 2 ** 32),
    dictionary: undefined,
    quality: options?.params?.[zlibConstants.BROTLI_PARAM_QUALITY] ?? 11,
  };
  ranged(options, "memLevel", 1, 9, 8);
  ranged(options, "strategy", 0, 4, 0);
  if (options?.params) checkBrotliParams(options.params);
  const { dictionary } = options ?? {};
  if (dictionary !== undefined) settings.dictionary = inputBytes(dictionary, "options.dictionary");
  return settings;
}

function checkBrotliParams(params: any): void {
  for (const [key, value] of Object.entries(params)) {
    const number = Number(key);
    if (Number.isNaN(number) || number < 0 || number > 9) throw new errors.ERR_BROTLI_INVALID_PARAM!(key);
    if (typeof value !== "number" && typeof value !== "boolean") throw new errors.ERR_INVALID_ARG_TYPE!("options.params[key]", "number", value);
  }
}

function inputBytes(value: any, name = "buffer"): Uint8Array {
  if (typeof value === "string") return B.from(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new errors.ERR_INVALID_ARG_TYPE!(name, ["string", "Buffer", "TypedArray", "DataView", "ArrayBuffer"], value);
}

/** Natives say `code|errno|text`; Node says it with properties. */
function toError(error: any): any {
  const match = /^(\w+)\|(-?\d+)\|(.*)$/s.exec(String(error?.message ?? ""));
  if (!match) return error;
  if (match[1] === "ERR_BUFFER_TOO_LARGE") return new errors.ERR_BUFFER_TOO_LARGE!(match[2]);
  const made: any = new Error(match[3]);
  made.errno = Number(match[2]);
  made.code = match[1];
  return made;
}

function wrap(bytes: Uint8Array): any {
  return B.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function wholeArguments(codec: Codec, input: any, options: any): any[] {
  const bytes = inputBytes(input);
  const s = settingsOf(codec, options);
  const flushed = codec.startsWith("brotli") ? s.finishFlush === 2 : s.finishFlush === 4;
  return [codec, bytes, s.level, s.windowBits, s.quality, s.maxOutputLength, !flushed, s.dictionary];
}

function makeSync(codec: Codec, name: string): any {
  return {
    [name](input: any, options?: any): any {
      try {
        return wrap(codecWhole(...wholeArguments(codec, input, options)));
      } catch (error) {
        throw toError(error);
      }
    },
  }[name];
}

function makeAsync(codec: Codec, name: string): any {
  const method = {
    [name](input: any, options: any, callback?: Callback): void {
      if (typeof options === "function") [callback, options] = [options, undefined];
      validateFunction(callback, "callback");
      // The worker gets a copy: the program may go on writing to its buffer.
      codecWholeAsync(...wholeArguments(codec, input, options)).then(
        (bytes: Uint8Array) => callback!(null, wrap(bytes)),
        (error: unknown) => callback!(toError(error)),
      );
    },
  }[name]!;
  Object.defineProperty(method, kCustomPromisify, {
    value: (input: any, options?: any) => new Promise((resolve, reject) => method(input, options ?? {}, (error, result) => (error ? reject(error) : resolve(result)))),
    enumerable: false,
  });
  return method;
}

const closing = new FinalizationRegistry<number>((handle) => codecClose(handle));

class ZlibBase extends TransformBase {
  bytesWritten = 0;
  /** Packages reach for the native object; `close` is all they call on it. */
  _handle: { id: number; close(): void };
  _codec: Codec;
  _closed = false;
  _settings: Settings;
  _flushMode: number;
  _maxOutputLength: number;
  _produced = 0;

  constructor(codec: Codec, options?: any) {
    const s = settingsOf(codec, options);
    super({ autoDestroy: true, ...options });
    this._codec = codec;
    this._maxOutputLength = s.maxOutputLength;
    this._flushMode = ranged(options, "flush", 0, 6, 0);
    this._settings = s;
    this._handle = { id: -1, close: () => this._release() };
    this._open();
  }

  _open(): void {
    const { level, windowBits, quality, finishFlush, dictionary } = this._settings;
    try {
      this._handle.id = codecOpen(this._codec, level, windowBits, quality, finishFlush === 4 || this._codec.startsWith("brotli"), dictionary);
    } catch (error) {
      throw toError(error);
    }
    closing.register(this, this._handle.id, this);
  }

  /** 0: run, 1: flush to a byte boundary, 2: finish. */
  _code(chunk: Uint8Array, mode: number): Uint8Array {
    if (this._closed) throw new errors.ERR_STREAM_DESTROYED!("write");
    const out: Uint8Array = codecRun(this._handle.id, chunk, mode);
    this.bytesWritten += chunk.length;
    this._produced += out.length;
    if (this._produced > this._maxOutputLength) throw new errors.ERR_BUFFER_TOO_LARGE!(this._maxOutputLength);
    return out;
  }
  _run(chunk: Uint8Array, mode: number, callback: (error?: any) => void): void {
    try {
      const out = this._code(chunk, mode);
      if (out.length > 0) this.push(wrap(out));
      callback();
    } catch (error) {
      callback(toError(error));
    }
  }
  /** Codes one chunk at once, as packages that run their own streams do. */
  _processChunk(chunk: any, flush: number, callback?: (error?: any) => void): any {
    const finish = this._codec.startsWith("brotli") ? 2 : 4;
    const mode = flush === finish ? 2 : flush > 0 ? 1 : 0;
    if (typeof callback === "function") return this._run(inputBytes(chunk), mode, callback);
    try {
      return wrap(this._code(inputBytes(chunk), mode));
    } catch (error) {
      throw toError(error);
    }
  }
  _release(): void {
    if (this._closed) return;
    this._closed = true;
    closing.unregister(this);
    codecClose(this._handle.id);
  }
  _transform(chunk: any, encoding: string, callback: (error?: any) => void): void {
    this._run(inputBytes(typeof chunk === "string" ? B.from(chunk, encoding) : chunk), this._flushMode > 0 && this._flushMode < 4 ? 1 : 0, callback);
  }
  _flush(callback: (error?: any) => void): void {
    this._run(new Uint8Array(0), 2, callback);
  }
  _destroy(error: any, callback: (error?: any) => void): void {
    this._release();
    callback(error);
  }

  flush(kind?: any, callback?: any): void {
    if (typeof kind === "function" || (kind === undefined && callback === undefined)) callback = kind;
    if (this.writableFinished) {
      if (callback) process.nextTick(callback);
    } else if (this.writableEnded) {
      if (callback) this.once("end", callback);
    } else {
      this.write(B.alloc(0), () => this._run(new Uint8Array(0), 1, callback ?? ((error?: any) => error && this.destroy(error))));
    }
  }
  close(callback?: () => void): void {
    if (callback) {
      if (this.closed) process.nextTick(callback);
      else this.once("close", callback);
    }
    this.destroy();
  }
  /** Begins a stream anew with the same settings. */
  reset(): void {
    if (this._closed) throw new errors.ERR_STREAM_DESTROYED!("reset");
    closing.unregister(this);
    codecClose(this._handle.id);
    this._open();
  }
  params(): never {
    throw new errors.ERR_NOT_IMPLEMENTED!("zlib: params() of a stream");
  }
}

/** A class of one codec that works with and without `new`. */
function streamClass(codec: Codec, name: string): any {
  const made = {
    [name]: class extends ZlibBase {
      constructor(options?: any) {
        super(codec, options);
      }
    },
  }[name]!;
  return new Proxy(made, { apply: (target, _self, args) => Reflect.construct(target, args) });
}

export const Deflate = streamClass("deflate", "Deflate");
export const Inflate = streamClass("inflate", "Inflate");
export const Gzip = streamClass("gzip", "Gzip");
export const Gunzip = streamClass("gunzip", "Gunzip");
export const DeflateRaw = streamClass("deflateRaw", "DeflateRaw");
export const InflateRaw = streamClass("inflateRaw", "InflateRaw");
export const Unzip = streamClass("unzip", "Unzip");
export const BrotliCompress = streamClass("brotliCompress", "BrotliCompress");
export const BrotliDecompress = streamClass("brotliDecompress", "BrotliDecompress");

export const createDeflate = (options?: any): any => new Deflate(options);
export const createInflate = (options?: any): any => new Inflate(options);
export const createGzip = (options?: any): any => new Gzip(options);
export const createGunzip = (options?: any): any => new Gunzip(options);
export const createDeflateRaw = (options?: any): any => new DeflateRaw(options);
export const createInflateRaw = (options?: any): any => new InflateRaw(options);
export const createUnzip = (options?: any): any => new Unzip(options);
export const createBrotliCompress = (options?: any): any => new BrotliCompress(options);
export const createBrotliDecompress = (options?: any): any => new BrotliDecompress(options);

export const deflate = makeAsync("deflate", "deflate");
export const deflateSync = makeSync("deflate", "deflateSync");
export const inflate = makeAsync("inflate", "inflate");
export const inflateSync = makeSync("inflate", "inflateSync");
export const gzip = makeAsync("gzip", "gzip");
export const gzipSync = makeSync("gzip", "gzipSync");
export const gunzip = makeAsync("gunzip", "gunzip");
export const gunzipSync = makeSync("gunzip", "gunzipSync");
export const deflateRaw = makeAsync("deflateRaw", "deflateRaw");
export const deflateRawSync = makeSync("deflateRaw", "deflateRawSync");
export const inflateRaw = makeAsync("inflateRaw", "inflateRaw");
export const inflateRawSync = makeSync("inflateRaw", "inflateRawSync");
export const unzip = makeAsync("unzip", "unzip");
export const unzipSync = makeSync("unzip", "unzipSync");
export const brotliCompress = makeAsync("brotliCompress", "brotliCompress");
export const brotliCompressSync = makeSync("brotliCompress", "brotliCompressSync");
export const brotliDecompress = makeAsync("brotliDecompress", "brotliDecompress");
export const brotliDecompressSync = makeSync("brotliDecompress", "brotliDecompressSync");

export function crc32(data: any, value = 0): number {
  if (typeof data !== "string" && !ArrayBuffer.isView(data)) throw new errors.ERR_INVALID_ARG_TYPE!("data", ["Buffer", "TypedArray", "DataView", "string"], data);
  validateUint32(value, "value");
  return nativeCrc32(inputBytes(data), value);
}

export const {
  zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync, createZstdCompress, createZstdDecompress, createZipArchive,
  createZipArchiveSync, zipFiles, getMaxZipContentSize, setMaxZipContentSize,
} = refusedFunctions(
  "zlib", "zstdCompress", "zstdCompressSync", "zstdDecompress", "zstdDecompressSync", "createZstdCompress", "createZstdDecompress",
  "createZipArchive", "createZipArchiveSync", "zipFiles", "getMaxZipContentSize", "setMaxZipContentSize",
);
export const { ZstdCompress, ZstdDecompress, ZipEntry, ZipFile, ZipBuffer } = refusedClasses("zlib", "ZstdCompress", "ZstdDecompress", "ZipEntry", "ZipFile", "ZipBuffer");

export default {
  crc32, Deflate, Inflate, Gzip, Gunzip, DeflateRaw, InflateRaw, Unzip, BrotliCompress, BrotliDecompress, ZstdCompress, ZstdDecompress, deflate,
  deflateSync, gzip, gzipSync, deflateRaw, deflateRawSync, unzip, unzipSync, inflate, inflateSync, gunzip, gunzipSync, inflateRaw,
  inflateRawSync, brotliCompress, brotliCompressSync, brotliDecompress, brotliDecompressSync, zstdCompress, zstdCompressSync, zstdDecompress,
  zstdDecompressSync, createDeflate, createInflate, createDeflateRaw, createInflateRaw, createGzip, createGunzip, createUnzip,
  createBrotliCompress, createBrotliDecompress, createZstdCompress, createZstdDecompress, constants, codes, ZipEntry, ZipFile, ZipBuffer,
  createZipArchive, createZipArchiveSync, zipFiles, getMaxZipContentSize, setMaxZipContentSize,
};
