// The options of Bun.serve: checked, completed, and refused with the field's name where they are wrong.

import type { Handler } from "crust:http/routes";

export interface TlsOptions {
  cert?: unknown;
  key?: unknown;
  ca?: unknown;
  passphrase?: string;
  serverName?: string;
  requestCert?: boolean;
  rejectUnauthorized?: boolean;
}

export interface ServeOptions {
  fetch?: Handler;
  routes?: Record<string, unknown>;
  error?: (error: unknown) => unknown;
  port?: number | string;
  hostname?: string;
  unix?: string;
  reusePort?: boolean;
  ipv6Only?: boolean;
  idleTimeout?: number;
  maxRequestBodySize?: number;
  development?: unknown;
  id?: string;
  tls?: TlsOptions | TlsOptions[];
  http2?: boolean;
  compression?: boolean | { encodings?: string[]; minSize?: number };
  accessLog?: boolean | ((entry: AccessLogEntry) => void);
  websocket?: unknown;
  [option: string]: unknown;
}

/** One answered request, for an access log or a `Server-Timing` field. */
export interface AccessLogEntry {
  method: string;
  url: string;
  status: number;
  /** Milliseconds from the handler's call to its response. */
  duration: number;
  address: string | undefined;
}

const DEFAULT_IDLE_TIMEOUT = 10;
const LONGEST_IDLE_TIMEOUT = 255;
const DEFAULT_MAX_BODY = 128 * 1024 * 1024;
const DEFAULT_PORT = 3000;
const DEFAULT_MIN_SIZE = 1024;
const ENCODINGS = ["br", "zstd", "gzip"];

export function coded(Class: ErrorConstructor, code: string, message: string): Error {
  return Object.assign(new Class(message), { code });
}

export function invalid(message: string): Error {
  return coded(TypeError, "ERR_INVALID_ARG_TYPE", message);
}

export function portOf(options: ServeOptions): number {
  const given = options.port ?? process.env.BUN_PORT ?? process.env.PORT ?? process.env.NODE_PORT ?? DEFAULT_PORT;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw coded(RangeError, "ERR_SOCKET_BAD_PORT", `Bun.serve expects port to be an integer from 0 to 65535. Received ${String(given)}`);
  }
  return port;
}

export function idleTimeoutOf(options: ServeOptions): number {
  const seconds = options.idleTimeout ?? DEFAULT_IDLE_TIMEOUT;
  if (typeof seconds !== "number" || !(seconds >= 0)) throw invalid("Bun.serve expects idleTimeout to be a number of seconds");
  if (seconds > LONGEST_IDLE_TIMEOUT) throw invalid(`Bun.serve expects idleTimeout to be ${LONGEST_IDLE_TIMEOUT} or less`);
  return seconds;
}

export function maxBodyOf(options: ServeOptions): number {
  const bytes = options.maxRequestBodySize ?? DEFAULT_MAX_BODY;
  if (typeof bytes !== "number" || !(bytes >= 0)) throw invalid("Bun.serve expects maxRequestBodySize to be a number of bytes");
  return Math.min(bytes, Number.MAX_SAFE_INTEGER);
}

/** `[encodings, minSize]` for the natives, or undefined. */
export function compressionOf(options: ServeOptions): [string, number] | undefined {
  const { compression } = options;
  if (compression === undefined || compression === false) return undefined;
  if (compression === true) return [ENCODINGS.join(), DEFAULT_MIN_SIZE];
  if (typeof compression !== "object" || compression === null) throw invalid("Bun.serve expects compression to be a boolean or an object");
  const { encodings = ENCODINGS, minSize = DEFAULT_MIN_SIZE } = compression;
  const unknown = encodings.find((encoding) => !ENCODINGS.includes(encoding));
  if (unknown !== undefined) throw invalid(`Bun.serve does not know the encoding "${unknown}"; it knows ${ENCODINGS.join(", ")}`);
  return [encodings.join(), minSize];
}

export function checkHandlers(options: ServeOptions): void {
  if (options === null || typeof options !== "object") throw invalid("Bun.serve expects an object");
  if (options.fetch !== undefined && typeof options.fetch !== "function") throw invalid("Expected fetch() to be a function");
  if (options.error !== undefined && typeof options.error !== "function") throw invalid("Expected error() to be a function");
  if (options.fetch === undefined && options.routes === undefined) {
    throw invalid('Bun.serve() needs either:\n\n  - A routes object:\n     routes: {\n       "/path": {\n         GET: (req) => new Response("Hello")\n       }\n     }\n\n  - Or a fetch handler:\n     fetch: (req) => {\n       return new Response("Hello")\n     }\n');
  }
}

export function isDevelopment(options: ServeOptions): boolean {
  return options.development !== undefined ? options.development !== false : process.env.NODE_ENV !== "production";
}

/** What the natives need of `tls`, or undefined for none. */
export function tlsOf(options: ServeOptions): object[] | undefined {
  const { tls } = options;
  if (tls === undefined || tls === null || (tls as unknown) === false) return undefined;
  const entries = Array.isArray(tls) ? tls : [tls];
  if (entries.length === 0) return undefined;
  return entries.map((entry) => tlsEntry(entry, entries.length > 1, options.http2 !== false));
}

function tlsEntry(entry: TlsOptions, isOneOfSeveral: boolean, http2: boolean): object {
  if (typeof entry !== "object" || entry === null) throw invalid("Bun.serve expects tls to be an object or an array of objects");
  if (entry.key === undefined || entry.cert === undefined) throw invalid("Bun.serve expects tls to have a key and a cert");
  if (isOneOfSeveral && !entry.serverName) throw invalid("Bun.serve expects each of several tls entries to have a serverName");
  return {
    cert: joined(entry.cert, "cert"),
    key: joined(entry.key, "key"),
    ca: entry.ca === undefined ? [] : (Array.isArray(entry.ca) ? entry.ca : [entry.ca]).map((text) => readable(text, "ca")),
    passphrase: entry.passphrase,
    serverName: entry.serverName,
    requestCert: entry.requestCert === true,
    rejectUnauthorized: entry.requestCert === true && entry.rejectUnauthorized !== false,
    http2,
  };
}

// A string, bytes, or a file of either.
function readable(value: unknown, name: string): string | Uint8Array {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  const path = (value as { [key: symbol]: unknown } | null)?.[Symbol.for("crust.filePath")];
  if (typeof path === "string") {
    const { readFileSync } = require("crust:fs/fs") as { readFileSync(path: string): Uint8Array };
    return readFileSync(path);
  }
  throw invalid(`Bun.serve expects tls.${name} to be a string, bytes or a Bun.file`);
}

function joined(value: unknown, name: string): string | Uint8Array {
  if (!Array.isArray(value)) return readable(value, name);
  const texts = value.map((part) => {
    const text = readable(part, name);
    return typeof text === "string" ? text : new TextDecoder().decode(text);
  });
  return texts.join("\n");
}
