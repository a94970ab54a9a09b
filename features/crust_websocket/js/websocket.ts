// The global WebSocket (HTML standard, WebSockets) with what Bun adds: options for headers and TLS, ping, pong,
// terminate. Framing, masks and the handshake are natives.

import * as ops from "crust:ops/websocket";
import { DOMException } from "crust:web/dom_exception";
import { CloseEvent, ErrorEvent, MessageEvent } from "crust:web/event_types";
import { Event, EventTarget, defineEventHandler, dispatchTrusted } from "crust:web/events";
import { defineConstants, defineInterface, defineLengths, requireArguments } from "crust:web/webidl";
import { BINARY, CLOSE, CONNECTED, FAILED, MESSAGE, OPEN, PING, PING_FRAME, PONG, PONG_FRAME, TEXT, bytesOf, inForm } from "crust:websocket/sockets";

interface TlsOptions {
  ca?: unknown;
  cert?: unknown;
  key?: unknown;
  passphrase?: string;
  rejectUnauthorized?: boolean;
}

interface Options {
  protocols?: string | string[];
  protocol?: string;
  headers?: Record<string, unknown> | Iterable<[string, string]>;
  tls?: TlsOptions;
  rejectUnauthorized?: boolean;
  proxy?: unknown;
  perMessageDeflate?: boolean;
  handshakeTimeout?: number;
}

const CONNECTING = 0;
const IS_OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
// What the handshake says itself.
const OWN_FIELDS = new Set(["upgrade", "connection", "sec-websocket-version", "sec-websocket-key", "sec-websocket-extensions", "sec-websocket-protocol", "content-length", "transfer-encoding"]);
/** The largest message a client takes, inflated or not. */
const MAX_PAYLOAD = 128 * 1024 * 1024;
/** Beyond this the standard has the connection fail; it bounds memory. */
const MAX_BUFFERED = 1024 * 1024 * 1024;

/** Milliseconds for connection and handshake together. */
const HANDSHAKE_TIMEOUT = 120_000;
const LONGEST_TIMEOUT = 0x7fffffff;
const TIMED_OUT = "The handshake timed out";

const hubs: (number | undefined)[] = [];
const connecting = new Map<number, WebSocket>();
const sockets: (WebSocket | undefined)[] = [];
let lastToken = 0;

function hubOf(deflate: boolean): number {
  return (hubs[deflate ? 1 : 0] ??= ops.makeHub(
    { maxPayload: MAX_PAYLOAD, backpressureLimit: MAX_BUFFERED, closeOnLimit: true, idleTimeout: 0, sendPings: false, publishToSelf: false, wantsPings: true, deflate, compress: true, forgetOurs: false, forgetTheirs: false, window: 15 },
    told,
  ) as number);
}

function told(news: number, key: number, first: any, second: any, third: any): void {
  if (news === CONNECTED) {
    const socket = connecting.get(key);
    connecting.delete(key);
    if (socket === undefined) ops.terminate(first);
    else attach(socket, first);
    return;
  }
  if (news === FAILED && key < 0) {
    const socket = connecting.get(-key);
    connecting.delete(-key);
    if (socket !== undefined) fail(socket, first === TIMED_OUT ? TIMED_OUT : `Failed to connect: ${first}`);
    return;
  }
  const socket = sockets[key];
  if (socket === undefined) return;
  if (news === MESSAGE) {
    receive(socket, first);
    return;
  }
  if (news === CLOSE) sockets[key] = undefined;
  notify(socket, news, first, second, third);
}

function parseUrl(input: unknown): URL {
  const text = String(input);
  if (!URL.canParse(text)) throw new DOMException(`Invalid url for WebSocket ${text}`, "SyntaxError");
  const url = new URL(text);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  // A special scheme may be exchanged only for another special one, which these are.
  if (url.protocol !== "ws:" && url.protocol !== "wss:") throw new DOMException(`Wrong url scheme for WebSocket ${text}`, "SyntaxError");
  if (text.includes("#")) throw new DOMException(`URL has fragment component ${text}`, "SyntaxError");
  return url;
}

function protocolsOf(given: unknown): string[] {
  if (given === undefined || given === null) return [];
  const list = typeof given === "string" ? [given] : Array.from(given as Iterable<unknown>, String);
  const seen = new Set<string>();
  for (const protocol of list) {
    if (!TOKEN.test(protocol)) throw new DOMException(`Wrong protocol for WebSocket '${protocol}'`, "SyntaxError");
    if (seen.has(protocol.toLowerCase())) throw new DOMException(`WebSocket protocols contain duplicates: '${protocol}'`, "SyntaxError");
    seen.add(protocol.toLowerCase());
  }
  return list;
}

function requestOf(url: URL, protocols: string[], options: Options, deflate: boolean): string {
  let host = url.host;
  let fields = "";
  for (const [name, value] of new Headers((options.headers ?? {}) as never) as unknown as Iterable<[string, string]>) {
    if (name === "host") host = value;
    else if (!OWN_FIELDS.has(name) && FIELD_VALUE.test(value)) fields += `${name}: ${value}\r\n`;
  }
  if (url.username !== "" || url.password !== "") {
    if (!/^authorization:/im.test(fields)) fields += `Authorization: Basic ${btoa(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)}\r\n`;
  }
  if (protocols.length > 0) fields += `Sec-WebSocket-Protocol: ${protocols.join(", ")}\r\n`;
  if (deflate) fields += "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n${fields}`;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map((item) => textOf(item)).join("\n");
  return typeof value === "string" ? value : new TextDecoder().decode(value as Uint8Array);
}

function tlsOf(url: URL, options: Options): object | undefined {
  if (url.protocol !== "wss:") return undefined;
  const tls = options.tls ?? {};
  const reject = tls.rejectUnauthorized ?? options.rejectUnauthorized ?? process.env.NODE_TLS_REJECT_UNAUTHORIZED !== "0";
  return { ca: textOf(tls.ca), cert: textOf(tls.cert), key: textOf(tls.key), passphrase: tls.passphrase, acceptAny: reject === false };
}

function timeoutOf(options: Options): number {
  const { handshakeTimeout } = options;
  if (handshakeTimeout === undefined) return HANDSHAKE_TIMEOUT;
  if (typeof handshakeTimeout !== "number" || !(handshakeTimeout > 0)) {
    throw Object.assign(new TypeError("WebSocket expects handshakeTimeout to be a number of milliseconds"), { code: "ERR_INVALID_ARG_TYPE" });
  }
  return Math.min(Math.ceil(handshakeTimeout), LONGEST_TIMEOUT);
}

// A proxy is asked for a tunnel, whatever the scheme: what goes through it is no HTTP after the handshake.
function proxyOf(target: URL, options: Options): object | undefined {
  const { proxyOption } = require("crust:fetch/proxies") as typeof import("crust:fetch/proxies");
  const proxy = options.proxy === undefined || options.proxy === null ? undefined : proxyOption(options.proxy, target.href);
  if (!proxy) return undefined;
  if (proxy.secure) {
    throw Object.assign(new Error("WebSocket does not reach a proxy over TLS in Crust yet"), { code: "ERR_NOT_IMPLEMENTED" });
  }
  const parts = proxy.fields.split("\0");
  let fields = "";
  for (let index = 0; index + 1 < parts.length; index += 2) fields += `${parts[index]}: ${parts[index + 1]}\r\n`;
  return { host: proxy.host, port: proxy.port, fields };
}

let attach: (socket: WebSocket, key: number) => void;
let fail: (socket: WebSocket, message: string) => void;
let receive: (socket: WebSocket, data: string | Uint8Array) => void;
let notify: (socket: WebSocket, news: number, first: any, second: any, third: any) => void;

export class WebSocket extends EventTarget {
  #url: string;
  #state = CONNECTING;
  #key = -1;
  #token: number;
  #protocols: string[];
  #protocol = "";
  #extensions = "";
  #binaryType = "nodebuffer";
  #origin: string;
  /** Bytes given to `send` after the connection began to close: the standard counts them. */
  #lost = 0;
  #message: string | undefined;
  #paused = false;
  /** Blobs are read one after the other; what follows one waits for it. */
  #queue: Promise<void> | undefined;

  static {
    attach = (socket, key) => {
      socket.#key = key;
      sockets[key] = socket;
    };
    fail = (socket, message) => socket.#fail(message);
    receive = (socket, data) => {
      if (socket.#state !== IS_OPEN) return;
      const value = typeof data === "string" ? data : inForm(data, socket.#binaryType);
      dispatchTrusted(socket, new MessageEvent("message", { data: value, origin: socket.#origin }));
    };
    notify = (socket, news, first, second, third) => socket.#notify(news, first, second, third);
  }

  constructor(url: string | URL, protocols?: string | string[] | Options) {
    requireArguments(arguments.length, 1);
    super();
    const parsed = parseUrl(url);
    const isOptions = typeof protocols === "object" && protocols !== null && !(Symbol.iterator in protocols);
    const options: Options = isOptions ? (protocols as Options) : {};
    this.#protocols = protocolsOf(isOptions ? (options.protocols ?? options.protocol) : protocols);
    this.#url = parsed.href;
    this.#origin = `${parsed.protocol}//${parsed.host}`;
    const deflate = options.perMessageDeflate !== false;
    const port = parsed.port === "" ? (parsed.protocol === "wss:" ? 443 : 80) : Number(parsed.port);
    this.#token = ++lastToken;
    const request = requestOf(parsed, this.#protocols, options, deflate);
    ops.connect(hubOf(deflate), this.#token, parsed.hostname, port, request, tlsOf(parsed, options), timeoutOf(options), proxyOf(parsed, options));
    connecting.set(this.#token, this);
  }

  get url(): string {
    return this.#url;
  }
  get URL(): string {
    return this.#url;
  }
  get readyState(): number {
    return this.#state;
  }
  get bufferedAmount(): number {
    return this.#lost + (this.#key < 0 ? 0 : (ops.buffered(this.#key) as number));
  }
  get protocol(): string {
    return this.#protocol;
  }
  get extensions(): string {
    return this.#extensions;
  }
  get binaryType(): string {
    return this.#binaryType;
  }
  set binaryType(form: string) {
    if (form === "blob" || form === "arraybuffer" || form === "nodebuffer") this.#binaryType = form;
  }
  get isPaused(): boolean {
    return this.#paused;
  }

  send(data: unknown, compress = true): void {
    requireArguments(arguments.length, 1);
    if (this.#state === CONNECTING) throw new DOMException("The object is in an invalid state.", "InvalidStateError");
    if (data instanceof Blob) {
      const bytes = data.bytes();
      this.#later(async () => this.#send(BINARY, (await bytes) as Uint8Array, compress));
      return;
    }
    const bytes = bytesOf(data);
    const payload = bytes ?? String(data);
    const opcode = bytes === undefined ? TEXT : BINARY;
    if (this.#queue === undefined) {
      this.#send(opcode, payload, compress);
      return;
    }
    const copy = typeof payload === "string" ? payload : payload.slice();
    this.#later(() => this.#send(opcode, copy, compress));
  }

  #later(work: () => unknown): void {
    const queue: Promise<void> = (this.#queue ?? Promise.resolve()).then(work).then(() => {
      if (this.#queue === queue) this.#queue = undefined;
    });
    this.#queue = queue;
  }

  #send(opcode: number, payload: string | Uint8Array, compress: boolean): void {
    if (this.#state === IS_OPEN) {
      ops.send(this.#key, opcode, payload, compress);
      return;
    }
    this.#lost += typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
  }

  close(code?: number, reason?: string): void {
    const given = code === undefined ? undefined : Number(code) & 0xffff;
    if (given !== undefined && !isSendable(given)) {
      throw new DOMException(
        `The close code must be a valid WebSocket close code (1000-1014, excluding the reserved codes 1004-1006, or in the range of 3000 to 4999). Received ${given}.`,
        "InvalidAccessError",
      );
    }
    const text = reason === undefined ? "" : String(reason).toWellFormed();
    const length = Buffer.byteLength(text);
    if (length > 123) throw new DOMException(`The close reason must not be greater than 123 UTF-8 bytes. Received ${length} bytes.`, "SyntaxError");
    if (this.#state >= CLOSING) return;
    if (this.#state === CONNECTING) {
      this.#abort();
      return;
    }
    this.#state = CLOSING;
    const begin = (): void => void ops.close(this.#key, given ?? (text === "" ? 0 : 1000), text);
    if (this.#queue === undefined) begin();
    else this.#queue.then(begin);
  }

  // Before the handshake is over; events follow in a task of their own.
  #abort(): void {
    this.#state = CLOSING;
    connecting.delete(this.#token);
    const key = this.#key;
    this.#key = -1;
    if (key >= 0) {
      sockets[key] = undefined;
      ops.terminate(key);
    }
    setImmediate(() => this.#fail("WebSocket is closed before the connection is established"));
  }

  ping(data?: unknown): void {
    this.#control(PING_FRAME, data);
  }

  pong(data?: unknown): void {
    this.#control(PONG_FRAME, data);
  }

  #control(opcode: number, data: unknown): void {
    if (this.#state === CONNECTING) throw new DOMException("The object is in an invalid state.", "InvalidStateError");
    const payload = data === undefined || data === null ? "" : (bytesOf(data) ?? String(data));
    const length = typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
    if (length > 125) throw new RangeError("The payload of a ping or pong has 125 bytes at most");
    if (this.#state === IS_OPEN) ops.send(this.#key, opcode, payload, false);
  }

  terminate(): void {
    if (this.#state === CLOSED) return;
    if (this.#state === CONNECTING) this.#abort();
    else ops.terminate(this.#key);
  }

  pause(): void {
    this.#paused = true;
    ops.pause(this.#key, true);
  }

  resume(): void {
    this.#paused = false;
    ops.pause(this.#key, false);
  }

  #notify(news: number, first: any, second: any, third: any): void {
    switch (news) {
      case OPEN:
        this.#opened(first, second);
        return;
      case PING:
        dispatchTrusted(this, new MessageEvent("ping", { data: inForm(first, this.#binaryType), origin: this.#origin }));
        return;
      case PONG:
        dispatchTrusted(this, new MessageEvent("pong", { data: inForm(first, this.#binaryType), origin: this.#origin }));
        return;
      case FAILED:
        this.#message = first;
        return;
      case CLOSE:
        this.#closed(first, second, third);
    }
  }

  #opened(protocol: string, extensions: string): void {
    if (protocol !== "" && !this.#protocols.includes(protocol)) {
      this.#message = "Mismatch client protocol";
      ops.terminate(this.#key);
      return;
    }
    this.#state = IS_OPEN;
    this.#protocol = protocol;
    this.#extensions = extensions;
    dispatchTrusted(this, new Event("open"));
  }

  #fail(message: string): void {
    this.#message = message;
    this.#closed(1006, "", false);
  }

  #closed(code: number, reason: string, wasClean: boolean): void {
    this.#key = -1;
    const message = this.#message;
    this.#state = CLOSED;
    if (!wasClean) {
      const text = `WebSocket connection to '${this.#url}' failed: ${message ?? (reason === "" ? "Connection ended" : reason)}`;
      dispatchTrusted(this, new ErrorEvent("error", { message: text, error: new Error(text) }));
    }
    dispatchTrusted(this, new CloseEvent("close", { code, reason: wasClean ? reason : "", wasClean }));
  }
}

function isSendable(code: number): boolean {
  return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code <= 4999);
}

defineInterface(WebSocket, "WebSocket");
defineLengths(WebSocket, { constructor: 1, send: 1, close: 0 });
defineConstants(WebSocket, { CONNECTING, OPEN: IS_OPEN, CLOSING, CLOSED });
for (const type of ["open", "message", "error", "close"]) defineEventHandler(WebSocket.prototype, type);
