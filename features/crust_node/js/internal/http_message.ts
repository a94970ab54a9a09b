// What clients and servers of `node:http` share: headers in, headers out, and the agent. Opens no connection itself.

import EventEmitter from "node:events";
import { adoptable } from "crust:node/internal/callable";
import { codes, notImplemented } from "crust:node/internal/errors";
import stream from "crust:node/internal/streams/all";

const EE: any = EventEmitter;
const Root = adoptable(EE);
const Readable = adoptable(stream.Readable);
const Writable = adoptable(stream.Writable);

const token = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
// eslint-disable-next-line no-control-regex -- what a header value may not hold
const forbidden = /[^\t\x20-\x7e\x80-\xff]/;

export function validateHeaderName(name: unknown, label = "Header name"): void {
  if (typeof name !== "string" || !name || !token.test(name)) throw Object.assign(new TypeError(`${label} must be a valid HTTP token ["${name}"]`), { code: "ERR_INVALID_HTTP_TOKEN" });
}
export function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined) throw new codes.ERR_HTTP_INVALID_HEADER_VALUE!(value, name);
  if (forbidden.test(String(value))) throw new codes.ERR_INVALID_CHAR!("header content", name);
}

/** Keeps the options that programs give; connections are pooled by the client below `fetch`. */
export class Agent extends Root {
  options: any;
  requests: Record<string, unknown> = Object.create(null);
  sockets: Record<string, unknown> = Object.create(null);
  freeSockets: Record<string, unknown> = Object.create(null);
  keepAlive: boolean;
  keepAliveMsecs: number;
  maxSockets: number;
  maxFreeSockets: number;
  maxTotalSockets: number;
  scheduling: string;
  totalSocketCount = 0;
  defaultPort = 80;
  protocol = "http:";

  constructor(options?: any) {
    super();
    this.options = { noDelay: true, path: null, ...options };
    this.keepAlive = this.options.keepAlive ?? false;
    this.keepAliveMsecs = this.options.keepAliveMsecs ?? 1000;
    this.maxSockets = this.options.maxSockets ?? Number.POSITIVE_INFINITY;
    this.maxFreeSockets = this.options.maxFreeSockets ?? 256;
    this.maxTotalSockets = this.options.maxTotalSockets ?? Number.POSITIVE_INFINITY;
    this.scheduling = this.options.scheduling ?? "lifo";
  }
  getName(options: any = {}): string {
    const family = options.family === 4 || options.family === 6 ? `:${options.family}` : "";
    const socket = options.socketPath ? `:${options.socketPath}` : "";
    return `${options.host || "localhost"}:${options.port || ""}:${options.localAddress || ""}${family}${socket}`;
  }
  createConnection(): never {
    return notImplemented("http.Agent.createConnection");
  }
  addRequest(): never {
    return notImplemented("http.Agent.addRequest");
  }
  destroy(): void {
    this.freeSockets = Object.create(null);
  }
}

/** Stands for the connection where programs look at it: its addresses, and whether it is gone. */
export class MessageSocket extends EE {
  remoteAddress: string | undefined;
  remoteFamily: string | undefined;
  remotePort: number | undefined;
  localAddress: string | undefined;
  localPort: number | undefined;
  encrypted = false;
  destroyed = false;
  readable = true;
  writable = true;
  connecting = false;
  timeout = 0;
  _abort: ((error?: any) => void) | undefined;

  address(): object {
    return { address: this.localAddress, family: this.remoteFamily, port: this.localPort };
  }
  destroy(error?: any): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.readable = this.writable = false;
    this._abort?.(error);
    process.nextTick(() => this.emit("close", Boolean(error)));
    return this;
  }
  end(): this {
    return this;
  }
  /** Timeouts are the server's and the client's own; options of a descriptor that is not ours have no place here. */
  setTimeout(ms: number, callback?: () => void): this {
    this.timeout = ms;
    if (callback) this.once("timeout", callback);
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  cork(): void {}
  uncork(): void {}
}

/** Headers that never occur twice: a repetition is dropped. */
const single = new Set([
  "age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host", "if-modified-since", "if-unmodified-since",
  "last-modified", "location", "max-forwards", "proxy-authorization", "referer", "retry-after", "server", "user-agent",
]);

export class IncomingMessage extends Readable {
  httpVersion = "1.1";
  httpVersionMajor = 1;
  httpVersionMinor = 1;
  complete = false;
  headers: Record<string, any> = {};
  headersDistinct: Record<string, string[]> = Object.create(null);
  rawHeaders: string[] = [];
  trailers: Record<string, any> = {};
  trailersDistinct: Record<string, string[]> = Object.create(null);
  rawTrailers: string[] = [];
  aborted = false;
  upgrade = false;
  url = "";
  method: string | null = null;
  statusCode: number | null = null;
  statusMessage: string | null = null;
  socket: any;
  _body: any = null;

  constructor(socket?: any) {
    super();
    this.socket = socket;
  }
  get connection(): any {
    return this.socket;
  }

  /** Takes the headers of a Request or Response. */
  _takeHeaders(headers: any): void {
    const cookies: string[] = headers.getSetCookie?.() ?? [];
    for (const [name, value] of headers) {
      if (name === "set-cookie") continue;
      this._addHeader(name, value);
    }
    for (const cookie of cookies) this._addHeader("set-cookie", cookie);
  }
  _addHeader(name: string, value: string): void {
    this.rawHeaders.push(name, value);
    (this.headersDistinct[name] ??= []).push(value);
    const known = this.headers[name];
    if (name === "set-cookie") (this.headers[name] ??= []).push(value);
    else if (known === undefined) this.headers[name] = value;
    else if (!single.has(name)) this.headers[name] = `${known}${name === "cookie" ? "; " : ", "}${value}`;
  }

  /** The body is read as the program reads. */
  _takeBody(body: any): void {
    this._body = body === null ? null : body.getReader();
    if (this._body === null) this._endBody();
  }
  _endBody(): void {
    this.complete = true;
    (this as any).push(null);
  }
  _read(): void {
    const reader = this._body;
    if (!reader) return;
    reader.read().then(
      ({ done, value }: any) => {
        if (done) this._endBody();
        else (this as any).push(require("node:buffer").Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      },
      (error: any) => {
        this.aborted = true;
        (this as any).emit("aborted");
        (this as any).destroy(Object.assign(new Error("aborted"), { code: "ECONNRESET", cause: error }));
      },
    );
  }
  _destroy(error: any, callback: (error?: any) => void): void {
    if (this._body && !this.complete) this._body.cancel().catch(() => {});
    callback(error);
  }
  setTimeout(ms: number, callback?: () => void): this {
    this.socket?.setTimeout(ms, callback);
    return this;
  }
}

type HeaderValue = string | string[];

/** Headers and body on their way out. Subclasses say where the bytes go through `_begin`. */
export class OutgoingMessage extends Writable {
  _headers = new Map<string, [string, HeaderValue]>();
  headersSent = false;
  _head: string | undefined = undefined;
  _started = false;
  _hasBody = true;
  sendDate = true;
  shouldKeepAlive = true;
  finished = false;
  socket: any = null;
  req: any;
  _sink: any = null;
  _whole: any = undefined;

  /** Written out is not over: a request waits for its answer then. */
  constructor() {
    super({ autoDestroy: false });
  }
  get connection(): any {
    return this.socket;
  }
  /** The text of the head, once it is decided. */
  get _header(): string | null {
    return this.headersSent ? (this._head ??= this._headText()) : null;
  }
  _headText(): string {
    return "";
  }

  setHeader(name: string, value: any): this {
    if (this.headersSent) throw new codes.ERR_HTTP_HEADERS_SENT!("set");
    validateHeaderName(name);
    for (const one of Array.isArray(value) ? value : [value]) validateHeaderValue(name, one);
    this._headers.set(name.toLowerCase(), [name, value]);
    return this;
  }
  setHeaders(headers: any): this {
    for (const [name, value] of headers) this.setHeader(name, value);
    return this;
  }
  appendHeader(name: string, value: HeaderValue): this {
    const known = this._headers.get(name.toLowerCase());
    return this.setHeader(name, known === undefined ? value : ([] as string[]).concat(known[1], value));
  }
  getHeader(name: string): any {
    return this._headers.get(`${name}`.toLowerCase())?.[1];
  }
  getHeaderNames(): string[] {
    return [...this._headers.keys()];
  }
  getRawHeaderNames(): string[] {
    return [...this._headers.values()].map(([name]) => name);
  }
  getHeaders(): Record<string, any> {
    const out = Object.create(null);
    for (const [key, [, value]] of this._headers) out[key] = value;
    return out;
  }
  hasHeader(name: string): boolean {
    return this._headers.has(`${name}`.toLowerCase());
  }
  removeHeader(name: string): void {
    if (this.headersSent) throw new codes.ERR_HTTP_HEADERS_SENT!("remove");
    this._headers.delete(`${name}`.toLowerCase());
  }
  _webHeaders(): Headers {
    const headers = new Headers();
    for (const [key, [, value]] of this._headers) for (const one of ([] as any[]).concat(value)) headers.append(key, String(one));
    return headers;
  }
  setTimeout(ms: number, callback?: () => void): this {
    if (callback) (this as any).once("timeout", callback);
    this.socket?.setTimeout?.(ms);
    return this;
  }
  addTrailers(): never {
    return notImplemented("http.OutgoingMessage.addTrailers");
  }
  flushHeaders(): void {
    this._start();
  }

  /** Opens the way out, once; `whole` is the entire body when that is known. */
  _start(whole?: any): void {
    if (this._started) return;
    this._started = true;
    if (!this.headersSent) this._implicitHeader(whole);
    if (whole !== undefined) return this._begin(whole);
    const self = this;
    this._begin(
      new ReadableStream({
        start(controller: any) {
          self._sink = controller;
        },
        pull() {
          self._sink.wanted?.();
        },
        cancel() {
          (self as any).destroy();
        },
      }),
    );
  }
  /** Decides the head when the program starts the body without one. */
  _implicitHeader(_whole?: any): void {
    this.headersSent = true;
  }
  _begin(_body: any): void {
    notImplemented("http.OutgoingMessage");
  }
  _write(chunk: any, _encoding: string, callback: (error?: any) => void): void {
    this._start();
    // A response without a body takes what is written and sends nothing.
    if (this._sink) this._sink.enqueue(new Uint8Array(chunk));
    if (this._sink && this._sink.desiredSize <= 0) {
      this._sink.wanted = () => {
        this._sink.wanted = undefined;
        callback();
      };
    } else callback();
  }
  _final(callback: (error?: any) => void): void {
    if (this._started) this._sink?.close();
    else this._start(this._whole ?? null);
    callback();
  }
  end(chunk?: any, encoding?: any, callback?: any): any {
    if (typeof chunk === "function") [callback, chunk, encoding] = [chunk, undefined, undefined];
    else if (typeof encoding === "function") [callback, encoding] = [encoding, undefined];
    this.finished = true;
    // One piece and nothing before it: sent with its length.
    if (chunk !== undefined && chunk !== null && !this._started && (this as any).writableLength === 0) {
      const { Buffer } = require("node:buffer");
      if (typeof chunk !== "string" && !ArrayBuffer.isView(chunk)) throw new codes.ERR_INVALID_ARG_TYPE!("chunk", ["string", "Buffer", "Uint8Array"], chunk);
      this._whole = typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
      chunk = undefined;
    }
    return super.end(chunk, encoding, callback);
  }
}
