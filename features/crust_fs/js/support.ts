// What every file function shares: paths, flags, modes, times, encodings and options as Node checks
// them. Never touches a file.

import { codes } from "crust:node/internal/errors";
import { parseFileMode, validateInteger } from "crust:node/internal/validators";

export type PathLike = string | Uint8Array | URL;
export const handleDescriptor = Symbol("file descriptor of a FileHandle");

export function bufferClass(): any {
  return require("crust:node/buffer").Buffer;
}

/** A Buffer over bytes that a native made. */
export function toBuffer(bytes: Uint8Array): any {
  return bufferClass().from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function toPath(value: unknown, name = "path"): string {
  let path: string;
  if (typeof value === "string") path = value;
  else if (value instanceof URL) path = require("crust:node/url").fileURLToPath(value);
  else if (value instanceof Uint8Array) path = toBuffer(value).toString();
  else throw new codes.ERR_INVALID_ARG_TYPE!(name, ["string", "Buffer", "URL"], value);
  if (path.includes("\0")) throw new codes.ERR_INVALID_ARG_VALUE!(name, value, "must be a string, Uint8Array, or URL without null bytes");
  return path;
}

export function toDescriptor(value: unknown, name = "fd"): number {
  if (typeof value !== "number") throw new codes.ERR_INVALID_ARG_TYPE!(name, "number", value);
  validateInteger(value, name, 0, 2147483647);
  return value;
}

/** A path or an open file, as the functions on whole files take it. */
export function toPlace(value: any): string | number {
  if (typeof value === "number" && value === (value | 0) && value >= 0) return value;
  if (typeof value === "object" && value !== null && handleDescriptor in value) return value[handleDescriptor];
  return toPath(value);
}

const flagNumbers: Record<string, number> = {
  r: 0, rs: 0o4010000, sr: 0o4010000, "r+": 2, "rs+": 0o4010002, "sr+": 0o4010002, w: 0o1101, wx: 0o1301, xw: 0o1301, "w+": 0o1102, "wx+": 0o1302,
  "xw+": 0o1302, a: 0o2101, ax: 0o2301, xa: 0o2301, as: 0o4012101, sa: 0o4012101, "a+": 0o2102, "ax+": 0o2302, "xa+": 0o2302, "as+": 0o4012102,
  "sa+": 0o4012102,
};

export function toFlags(flags: unknown, fallback: string, name = "flags"): number {
  if (typeof flags === "number") {
    validateInteger(flags, name, -2147483648, 2147483647);
    return flags;
  }
  const number = flagNumbers[flags === undefined || flags === null ? fallback : (flags as string)];
  if (number === undefined) throw new codes.ERR_INVALID_ARG_VALUE!(name, flags);
  return number;
}

export function toMode(mode: unknown, fallback: number, name = "mode"): number {
  return mode === undefined || mode === null ? fallback : parseFileMode(mode, name);
}

/** Seconds since the epoch. */
export function toSeconds(time: unknown, name: string): number {
  if (typeof time === "number" || (typeof time === "string" && +time == (time as unknown))) {
    const number = Number(time);
    if (!Number.isFinite(number) || number < 0) return Date.now() / 1000;
    return number;
  }
  if (time instanceof Date) return time.getTime() / 1000;
  throw new codes.ERR_INVALID_ARG_TYPE!(name, ["Date", "Time in seconds"], time);
}

/** Options that may be given as an encoding alone. */
export function toOptions(options: any, defaults: Record<string, any>): Record<string, any> {
  if (options === undefined || options === null || typeof options === "function") return defaults;
  if (typeof options === "string") options = { encoding: options };
  else if (typeof options !== "object") throw new codes.ERR_INVALID_ARG_TYPE!("options", ["string", "Object"], options);
  const { encoding } = options;
  if (encoding !== undefined && encoding !== null && encoding !== "buffer" && !bufferClass().isEncoding(encoding)) {
    throw new codes.ERR_INVALID_ARG_VALUE!("encoding", encoding, "is invalid encoding");
  }
  const { signal } = options;
  if (signal !== undefined) throwIfAborted(signal);
  return { ...defaults, ...options };
}

export function throwIfAborted(signal: any): void {
  const { validateAbortSignal } = require("crust:node/internal/validators");
  validateAbortSignal(signal, "options.signal");
  if (signal.aborted) {
    const { AbortError } = require("crust:node/internal/errors");
    throw new AbortError(undefined, { cause: signal.reason });
  }
}

/** A name or path in the encoding that was asked for. */
export function encodePath(path: string, encoding: string | undefined | null): any {
  if (encoding === undefined || encoding === null || encoding === "utf8" || encoding === "utf-8") return path;
  const buffer = bufferClass().from(path);
  return encoding === "buffer" ? buffer : buffer.toString(encoding);
}

/** What `writeFile` and its relatives accept, as text or bytes. */
export function toData(data: unknown, encoding: string | undefined | null): string | Uint8Array {
  if (typeof data === "string") {
    return encoding === undefined || encoding === null || encoding === "utf8" || encoding === "utf-8" ? data : bufferClass().from(data, encoding);
  }
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new codes.ERR_INVALID_ARG_TYPE!("data", ["string", "Buffer", "TypedArray", "DataView"], data);
}

/** Applies `next` to a native's answer, now or when it is there. */
export function then<T, R>(isAsync: boolean, answer: T, next: (value: any) => R): any {
  return isAsync ? (answer as any).then(next) : next(answer);
}

