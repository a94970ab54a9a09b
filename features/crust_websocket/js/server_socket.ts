// ServerWebSocket and the handlers of Bun.serve's `websocket` option. Upgrading a request is crust_http's work.

import * as ops from "crust:ops/websocket";
import { BINARY, CLOSE, DRAIN, MESSAGE, PING, PING_FRAME, PONG, PONG_FRAME, TEXT, bytesOf, inForm } from "crust:websocket/sockets";

type Callback = (socket: ServerWebSocket, ...rest: any[]) => unknown;

export interface WebSocketOptions {
  open?: Callback;
  message?: Callback;
  close?: Callback;
  drain?: Callback;
  ping?: Callback;
  pong?: Callback;
  error?: (error: unknown) => unknown;
  maxPayloadLength?: number;
  backpressureLimit?: number;
  closeOnBackpressureLimit?: boolean;
  idleTimeout?: number;
  sendPings?: boolean;
  publishToSelf?: boolean;
  perMessageDeflate?: boolean | { compress?: boolean | string; decompress?: boolean | string };
  [option: string]: unknown;
}

const HANDLERS = ["open", "message", "close", "drain", "ping", "pong", "error"];
const MEGABYTE = 1024 * 1024;
const DEFAULT_IDLE_TIMEOUT = 120;
const LONGEST_IDLE_TIMEOUT = 960;
const WINDOWS: Record<string, number> = { "3KB": 9, "4KB": 9, "8KB": 10, "16KB": 11, "32KB": 12, "64KB": 13, "128KB": 14, "256KB": 15 };

function invalid(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
}

function integer(options: WebSocketOptions, name: "maxPayloadLength" | "backpressureLimit" | "idleTimeout", fallback: number): number {
  const value = options[name] ?? fallback;
  if (typeof value !== "number" || !Number.isFinite(value)) throw invalid(`websocket expects ${name} to be an integer`);
  return Math.max(0, Math.trunc(value));
}

function deflateOf(options: WebSocketOptions): object {
  const given = options.perMessageDeflate;
  if (given === undefined || given === false || given === null) return { deflate: false };
  const { compress = false, decompress = false } = given === true ? { compress: true, decompress: true } : given;
  if (compress === false && decompress === false) return { deflate: false };
  const shared = compress === true || compress === false || compress === "shared" || compress === "disable";
  if (!shared && compress !== "dedicated" && !Object.hasOwn(WINDOWS, compress)) {
    throw invalid(`websocket expects perMessageDeflate.compress to be a boolean or one of shared, dedicated, ${Object.keys(WINDOWS).join(", ")}`);
  }
  return {
    deflate: true,
    compress: compress !== false && compress !== "disable",
    forgetOurs: shared,
    forgetTheirs: decompress === true || decompress === false || decompress === "shared",
    window: WINDOWS[compress as string] ?? 15,
  };
}

/** All WebSockets of one server. */
export class SocketHub {
  readonly id: number;
  #options: WebSocketOptions;
  readonly #sockets: (ServerWebSocket | undefined)[] = [];
  #live = 0;
  #removed = false;
  /** Whoever waits until no socket is open. */
  #waiting: (() => void)[] = [];

  constructor(options: WebSocketOptions) {
    this.#options = checked(options);
    const idleTimeout = integer(options, "idleTimeout", DEFAULT_IDLE_TIMEOUT);
    if (idleTimeout > LONGEST_IDLE_TIMEOUT) throw invalid(`websocket expects idleTimeout to be ${LONGEST_IDLE_TIMEOUT} or less`);
    this.id = ops.makeHub(
      {
        maxPayload: integer(options, "maxPayloadLength", 16 * MEGABYTE),
        backpressureLimit: integer(options, "backpressureLimit", 16 * MEGABYTE),
        closeOnLimit: options.closeOnBackpressureLimit === true,
        idleTimeout,
        sendPings: options.sendPings !== false,
        publishToSelf: options.publishToSelf === true,
        wantsPings: true,
        ...deflateOf(options),
      },
      this.#told.bind(this),
    ) as number;
  }

  /** Replaces the handlers; what the sockets agreed on stays. */
  reload(options: WebSocketOptions): void {
    this.#options = checked(options);
  }

  /** A request has become the socket of this number. */
  opened(key: number, data: unknown): void {
    const socket = new ServerWebSocket(key, data);
    this.#sockets[key] = socket;
    this.#live++;
    this.#run(this.#options.open, socket);
  }

  // An error of one handler is the program's; the next message still finds its own.
  #run(handler: Callback | undefined, socket: ServerWebSocket, first?: unknown, second?: unknown): void {
    if (handler === undefined || handler === null) return;
    try {
      handler(socket, first, second);
    } catch (error) {
      this.#failed(error);
    }
  }

  // As Bun: the `error` handler gets the error alone; without one it is uncaught.
  #failed(error: unknown): void {
    const handler = this.#options.error;
    queueMicrotask(() => {
      if (handler === undefined || handler === null) throw error;
      handler(error);
    });
  }

  get pending(): number {
    return this.#removed ? 0 : (ops.hubOpen(this.id) as number);
  }

  /** Resolves when no socket is open; nothing can be upgraded any more then. */
  async emptied(): Promise<void> {
    if (this.#live > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#remove();
  }

  #remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    ops.hubRemove(this.id);
  }

  publish(topic: string, data: unknown, compress = false): number {
    if (this.#removed) return 0;
    return publishTo((...rest) => ops.hubPublish(this.id, ...rest) as number, topic, data, compress);
  }

  subscriberCount(topic: string): number {
    return this.#removed ? 0 : ops.hubSubscribers(this.id, topicOf(topic)) as number;
  }

  terminate(): void {
    if (!this.#removed) ops.hubTerminate(this.id);
  }

  #told(news: number, key: number, first: any, second: any): void {
    const socket = this.#sockets[key];
    if (socket === undefined) return;
    switch (news) {
      case MESSAGE:
        this.#run(this.#options.message, socket, typeof first === "string" ? first : inForm(first, socket.binaryType));
        return;
      case DRAIN:
        this.#run(this.#options.drain, socket);
        return;
      case PING:
        this.#run(this.#options.ping, socket, inForm(first, socket.binaryType));
        return;
      case PONG:
        this.#run(this.#options.pong, socket, inForm(first, socket.binaryType));
        return;
      case CLOSE:
        this.#sockets[key] = undefined;
        ended(socket);
        this.#live--;
        this.#run(this.#options.close, socket, first, second);
        if (this.#live === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }
}

function checked(options: WebSocketOptions): WebSocketOptions {
  if (typeof options !== "object" || options === null) throw invalid("Expected websocket to be an object");
  for (const name of HANDLERS) {
    const handler = options[name];
    if (handler !== undefined && handler !== null && typeof handler !== "function") {
      throw invalid(`websocket expects a function for the '${name}' option`);
    }
  }
  return options;
}

function topicOf(topic: unknown): string {
  if (typeof topic !== "string") throw new TypeError(`The "topic" argument must be of type string. Received ${describe(topic)}`);
  return topic;
}

function describe(value: unknown): string {
  return value === null || value === undefined ? String(value) : `type ${typeof value} (${String(value)})`;
}

// Strings and buffers as they are; other values become text, as in Bun.
function payloadOf(data: unknown, what: string): string | Uint8Array {
  if (typeof data === "string") return data;
  if (data === undefined || data === null) throw new Error(`${what} requires a non-empty message`);
  return bytesOf(data) ?? String(data);
}

function publishTo(publish: (topic: string, opcode: number, data: unknown, compress: boolean) => number, topic: string, data: unknown, compress: boolean): number {
  const name = topicOf(topic);
  const payload = payloadOf(data, "publish");
  return publish(name, typeof payload === "string" ? TEXT : BINARY, payload, compress === true);
}

let ended: (socket: ServerWebSocket) => void;

export class ServerWebSocket {
  #key: number;
  #state = 1;
  #paused = false;
  #address: string | undefined;
  data: unknown;
  binaryType: "nodebuffer" | "arraybuffer" | "uint8array" = "nodebuffer";

  static {
    ended = (socket) => {
      socket.#state = 3;
      socket.#key = -1;
    };
  }

  constructor(key: number, data: unknown) {
    this.#key = key;
    this.data = data;
  }

  get readyState(): number {
    return this.#state;
  }

  get remoteAddress(): string {
    return (this.#address ??= ops.remoteAddress(this.#key) as string);
  }

  get subscriptions(): string[] {
    return ops.subscriptions(this.#key) as string[];
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  send(data: unknown, compress = false): number {
    if (typeof data === "string") return ops.send(this.#key, TEXT, data, compress === true) as number;
    const payload = payloadOf(data, "send");
    return ops.send(this.#key, typeof payload === "string" ? TEXT : BINARY, payload, compress === true) as number;
  }

  sendText(data: string, compress = false): number {
    if (typeof data !== "string") throw new TypeError("sendText expects a string");
    return ops.send(this.#key, TEXT, data, compress === true) as number;
  }

  sendBinary(data: unknown, compress = false): number {
    const bytes = bytesOf(data);
    if (bytes === undefined) throw new TypeError("sendBinary requires an ArrayBufferView or ArrayBuffer");
    return ops.send(this.#key, BINARY, bytes, compress === true) as number;
  }

  publish(topic: string, data: unknown, compress = false): number {
    return publishTo((...rest) => ops.publish(this.#key, ...rest) as number, topic, data, compress);
  }

  publishText(topic: string, data: string, compress = false): number {
    if (typeof data !== "string") throw new TypeError("publishText expects a string");
    return this.publish(topic, data, compress);
  }

  publishBinary(topic: string, data: unknown, compress = false): number {
    const bytes = bytesOf(data);
    if (bytes === undefined) throw new TypeError("publishBinary expects an ArrayBufferView or ArrayBuffer");
    return this.publish(topic, bytes, compress);
  }

  subscribe(topic: string): boolean {
    return ops.subscribe(this.#key, topicOf(topic)) as boolean;
  }

  unsubscribe(topic: string): boolean {
    return ops.unsubscribe(this.#key, topicOf(topic)) as boolean;
  }

  isSubscribed(topic: string): boolean {
    return ops.isSubscribed(this.#key, topicOf(topic)) as boolean;
  }

  /** Writes are always collected until the loop's turn ends; the callback is only called. */
  cork<T>(callback: (socket: this) => T): T {
    if (typeof callback !== "function") throw new TypeError("cork requires a function");
    return callback.call(this, this);
  }

  ping(data?: unknown): number {
    return this.#control(PING_FRAME, data);
  }

  pong(data?: unknown): number {
    return this.#control(PONG_FRAME, data);
  }

  #control(opcode: number, data: unknown): number {
    const payload = data === undefined || data === null ? "" : payloadOf(data, "ping");
    const length = typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
    if (length > 125) throw new RangeError("The payload of a ping or pong has 125 bytes at most");
    return ops.send(this.#key, opcode, payload, false) as number;
  }

  close(code?: number, reason?: string): void {
    if (code !== undefined && typeof code !== "number") throw new TypeError("close requires a numeric code or undefined");
    // A code without a frame for it would tell the peer nothing: 1000 is what an orderly end has.
    ops.close(this.#key, code ?? 1000, reason === undefined ? "" : String(reason));
  }

  terminate(): void {
    ops.terminate(this.#key);
  }

  getBufferedAmount(): number {
    return ops.buffered(this.#key) as number;
  }

  pause(): void {
    this.#paused = true;
    ops.pause(this.#key, true);
  }

  resume(): void {
    this.#paused = false;
    ops.pause(this.#key, false);
  }
}
Object.defineProperty(ServerWebSocket.prototype, Symbol.toStringTag, { value: "ServerWebSocket", configurable: true });
