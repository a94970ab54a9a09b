// The socket of `Bun.listen` and `Bun.connect`. Holds one number and its listener's handlers; what it can be asked for
// is asked of the native when it is. Never buffers what a program writes, but for `end`.

import * as native from "crust:ops/net";
import { own, release, toBuffer } from "crust:net/handles";
import type { SocketEvents } from "crust:net/handles";
import { invalid, readHandlers } from "crust:net/bun_handlers";
import type { BinaryType, Handlers } from "crust:net/bun_handlers";
import { familyName } from "crust:net/ip";
import { callError } from "crust:net/system_error";

/** What a TLS connection needs to know of its options. */
export interface Secure {
  context: any;
  isServer: boolean;
  servername: string | null;
  ask: boolean;
  rejectUnauthorized: boolean;
  protocols: Uint8Array;
  checkIdentity: ((host: string, cert: any) => Error | undefined) | undefined;
}

const OPEN = 1;
const CLOSED = -1;
const LONGEST_TIMEOUT = 2147483;

function convert(bytes: Uint8Array, type: BinaryType): unknown {
  if (type === "buffer") return toBuffer(bytes);
  return type === "uint8array" ? bytes : bytes.buffer;
}

/** Gives a socket its connection and opens it; not for programs. */
export let attach: (socket: BunSocket, id: number) => void;

class BunSocket {
  data: any;
  #id = -1;
  #handlers: Handlers;
  #listener: any;
  #secure: Secure | undefined;
  #halfOpen: boolean;
  #written = 0;
  #finishing = false;
  #ended = false;
  #closing = false;
  #paused = false;
  #timeout = 0;
  #timer: any;
  #verifyError: any = null;
  #authorized = false;
  #secured = false;

  constructor(handlers: Handlers, data: unknown, listener: unknown, halfOpen: boolean, secure: Secure | undefined) {
    this.#handlers = handlers;
    this.data = data;
    this.#listener = listener;
    this.#halfOpen = halfOpen;
    this.#secure = secure;
  }

  // ---- What the native says.

  static readonly #events: SocketEvents = {
    data: (socket: BunSocket, bytes) => socket.#onData(bytes),
    end: (socket: BunSocket) => socket.#onEnd(),
    drain: (socket: BunSocket) => socket.#onDrain(),
    failed: (socket: BunSocket, error) => socket.#onFailed(error),
    secured: (socket: BunSocket) => socket.#onSecured(),
    finished: (socket: BunSocket) => socket.#onFinished(),
  };
  static {
    attach = (socket, id) => socket.#attach(id);
  }

  #attach(id: number): void {
    if (this.#id !== -1) return;
    this.#id = id;
    own(id, this, BunSocket.#events);
    if (this.#secure !== undefined) {
      const { context, isServer, servername, ask, protocols } = this.#secure;
      try {
        native.tlsStart(id, context.context, isServer, servername, ask, protocols);
      } catch (error) {
        this.#onFailed(error as Error);
        return;
      }
    }
    const { open } = this.#handlers;
    if (open !== undefined && !this.#run(open, this)) this.#close(undefined, false);
  }
  #onData(bytes: Uint8Array): void {
    if (this.#timeout > 0) this.#arm();
    const { data, binaryType } = this.#handlers;
    if (data !== undefined) this.#run(data, this, convert(bytes, binaryType));
  }
  #onEnd(): void {
    if (this.#secure !== undefined && !this.#secured) {
      this.#handshakeFailed(Object.assign(new Error("Client network socket disconnected before secure TLS connection was established"), { code: "ECONNRESET" }));
      return;
    }
    this.#ended = true;
    // Both halves have ended: there is nothing left to say.
    if (this.#finishing && !this.#closing) {
      this.#close(undefined, false);
      return;
    }
    const { end } = this.#handlers;
    if (end !== undefined) this.#run(end, this);
    if (this.#id === -1) return;
    if (!this.#halfOpen) this.end();
  }
  #onDrain(): void {
    if (this.#timeout > 0) this.#arm();
    const { drain } = this.#handlers;
    if (drain !== undefined) this.#run(drain, this);
  }
  #onFinished(): void {
    if (this.#closing || this.#ended) this.#close(undefined, false);
  }
  #onFailed(error: number | Error): void {
    if (typeof error !== "number" && this.#secure !== undefined && !this.#secured) {
      this.#handshakeFailed(error);
      return;
    }
    this.#close(typeof error === "number" ? callError(error, "read") : error, false);
  }
  #onSecured(): void {
    const { context, isServer, rejectUnauthorized, servername, checkIdentity } = this.#secure!;
    this.#secured = true;
    const judged = isServer && !this.#secure!.ask ? null : native.tlsJudge(this.#id, context.context, isServer);
    let error: any = judged === null ? null : Object.assign(new Error(judged.message), { code: judged.code });
    if (error === null && !isServer && servername !== null) {
      const { checkServerIdentity, peerCertificate, peerNames } = require("crust:net/certificates");
      error = checkIdentity === undefined ? checkServerIdentity(servername, peerNames(this.#id)) : checkIdentity(servername, peerCertificate(this.#id));
      error ??= null;
    }
    this.#verifyError = error;
    this.#authorized = error === null && (!isServer || this.#secure!.ask);
    const refused = error !== null && rejectUnauthorized && (!isServer || this.#secure!.ask);
    if (refused) this.#finishing = true;
    const { handshake } = this.#handlers;
    if (handshake !== undefined) this.#run(handshake, this, !refused, error);
    if (refused) this.#close(undefined, false);
  }
  #handshakeFailed(error: Error): void {
    this.#verifyError = error;
    this.#finishing = true;
    const { handshake } = this.#handlers;
    if (handshake !== undefined) this.#run(handshake, this, false, error);
    this.#close(undefined, false);
  }

  // Calls a handler; what it throws is the `error` handler's. Answers whether it did not throw.
  #run(handler: Function, ...args: unknown[]): boolean {
    try {
      handler.apply(this, args);
      return true;
    } catch (error) {
      const onError = this.#handlers.error;
      if (onError === undefined) {
        const { reportError } = globalThis as any;
        if (this.#id !== -1 && handler === this.#handlers.open) this.#close(undefined, false);
        reportError(error);
      } else onError.call(this, this, error);
      return false;
    }
  }

  #close(error: unknown, reset: boolean): void {
    const id = this.#id;
    if (id === -1) return;
    this.#id = -1;
    this.#last = id;
    clearTimeout(this.#timer);
    const { close } = this.#handlers;
    try {
      if (close !== undefined) this.#run(close, this, error);
    } finally {
      this.#last = -1;
      release(id, reset);
    }
  }
  // While the `close` handler runs, addresses can still be asked for.
  #last = -1;

  // ---- What programs call.

  write(data: any, offset?: any, length?: any): number {
    if (this.#id === -1 || this.#finishing) return -1;
    const written = this.#write(native.socketWrite, data, offset, length);
    if (written < 0) return -1;
    this.#written += written;
    if (this.#timeout > 0) this.#arm();
    return written;
  }
  #write(send: (...args: any[]) => any, data: any, offset: any, length: any): any {
    if (typeof data === "string") {
      // The second argument may be an encoding, the third too.
      const encoding = typeof offset === "string" ? offset : typeof length === "string" ? length : undefined;
      const [from, count] = [typeof offset === "number" ? offset : undefined, typeof length === "number" ? length : undefined];
      if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) return send(this.#id, require("node:buffer").Buffer.from(data, encoding), from, count);
      return send(this.#id, data, from, count);
    }
    if (!ArrayBuffer.isView(data) && !(data instanceof ArrayBuffer) && !(typeof SharedArrayBuffer !== "undefined" && data instanceof SharedArrayBuffer)) {
      throw invalid("Expected a string, ArrayBufferView or ArrayBuffer to write");
    }
    const size = data.byteLength;
    for (const [name, value] of [["byteOffset", offset], ["byteLength", length]] as const) {
      if (value !== undefined && (typeof value !== "number" || !(value >= 0) || value > size)) {
        throw Object.assign(new RangeError(`The value of "${name}" is out of range. It must be >= 0 and <= ${size}. Received ${String(value)}`), { code: "ERR_OUT_OF_RANGE" });
      }
    }
    return send(this.#id, data, offset, length);
  }
  end(data?: any, offset?: any, length?: any): number {
    const id = this.#id;
    if (id === -1 || this.#closing) return -1;
    this.#closing = true;
    let written = 0;
    if (data !== undefined && data !== null && !this.#finishing) {
      const size = typeof data === "string" ? new TextEncoder().encode(data).length : data.byteLength;
      written = Math.max(0, this.#write(native.socketWrite, data, offset, length));
      this.#written += written;
      this.#finishing = true;
      // What the socket does not take now goes out before the end.
      const from = typeof offset === "number" ? offset : 0;
      const to = typeof length === "number" ? Math.min(size, from + length) : size;
      const rest = to - from - written;
      if (rest > 0) native.socketEnd(id, typeof data === "string" ? new TextEncoder().encode(data) : data, from + written, rest);
    }
    this.#finishing = true;
    if (native.socketEnd(id)) this.#close(undefined, false);
    return written;
  }
  close(): void {
    this.end();
  }
  shutdown(halfClose?: boolean): void {
    void halfClose;
    if (this.#id === -1 || this.#finishing) return;
    this.#finishing = true;
    native.socketEnd(this.#id);
  }
  terminate(): void {
    this.#close(undefined, true);
  }
  flush(): void {
    if (this.#id !== -1) native.socketFlush(this.#id);
  }
  pause(): boolean {
    return this.#setPaused(true);
  }
  resume(): boolean {
    return this.#setPaused(false);
  }
  #setPaused(paused: boolean): boolean {
    if (this.#id === -1 || this.#paused === paused) return false;
    this.#paused = paused;
    native.socketPause(this.#id, paused);
    return true;
  }
  ref(): void {
    if (this.#id !== -1) native.socketRef(this.#id, true);
  }
  unref(): void {
    if (this.#id !== -1) native.socketRef(this.#id, false);
  }
  timeout(seconds: unknown): void {
    const number = Number(seconds ?? 0);
    if (!(number >= 0)) throw Object.assign(new RangeError("Expected timeout to be a number of seconds from 0"), { code: "ERR_OUT_OF_RANGE" });
    this.#timeout = Math.min(number, LONGEST_TIMEOUT);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#timeout > 0 && this.#id !== -1) this.#arm();
  }
  #arm(): void {
    if (this.#timer !== undefined) {
      this.#timer.refresh();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const { timeout } = this.#handlers;
      if (timeout !== undefined && this.#id !== -1) this.#run(timeout, this);
    }, this.#timeout * 1000);
    this.#timer.unref();
  }
  setNoDelay(noDelay: unknown = true): boolean {
    return this.#id !== -1 && native.socketNoDelay(this.#id, Boolean(noDelay)) === 0;
  }
  setKeepAlive(enable: unknown = false, initialDelay: unknown = 0): boolean {
    const seconds = Math.min(Math.max(0, Math.floor(Number(initialDelay) / 1000) || 0), 32767);
    return this.#id !== -1 && native.socketKeepAlive(this.#id, Boolean(enable), seconds) === 0;
  }
  getTypeOfService(): number {
    return this.#id === -1 ? -1 : native.socketTypeOfService(this.#id);
  }
  setTypeOfService(value: number): number {
    return this.#id === -1 ? -1 : native.socketSetTypeOfService(this.#id, value);
  }
  reload(options: any): void {
    if (options === null || typeof options !== "object") throw invalid("Expected options object");
    this.#handlers = readHandlers(options.socket ?? options);
  }
  upgradeTLS(options: any): [BunSocket, BunSocket] {
    if (this.#id === -1 || this.#secure !== undefined) throw Object.assign(new Error("upgradeTLS needs an open socket without TLS"), { code: "ERR_SOCKET_CLOSED" });
    if (options === null || typeof options !== "object") throw invalid("Expected options object");
    const { secureOf } = require("crust:net/bun_listen");
    const secure: Secure = secureOf(options.tls ?? true, options.isServer === true, typeof options.tls?.servername === "string" ? options.tls.servername : "");
    const id = this.#id;
    this.#id = -1;
    const upgraded = new TLSSocket(readHandlers(options.socket), "data" in options ? options.data : this.data, this.#listener, this.#halfOpen, secure);
    attach(upgraded, id);
    return [this, upgraded];
  }

  get listener(): any {
    return this.#listener;
  }
  get readyState(): number {
    return this.#id === -1 ? CLOSED : OPEN;
  }
  get bytesWritten(): number {
    return this.#written;
  }
  get fd(): number {
    return this.#id === -1 ? -1 : native.socketDescriptor(this.#id);
  }
  get binaryType(): BinaryType {
    return this.#handlers.binaryType;
  }
  set binaryType(type: BinaryType) {
    this.#handlers = { ...this.#handlers, binaryType: readHandlers({ data() {}, binaryType: type }).binaryType };
  }
  get localAddress(): string | undefined {
    return this.#address(native.socketLocal, 0);
  }
  get localPort(): number | undefined {
    return this.#address(native.socketLocal, 1);
  }
  get localFamily(): string | undefined {
    const family = this.#address(native.socketLocal, 2);
    return family === undefined ? undefined : familyName(family);
  }
  get remoteAddress(): string | undefined {
    return this.#address(native.socketPeer, 0);
  }
  get remotePort(): number | undefined {
    return this.#address(native.socketPeer, 1);
  }
  get remoteFamily(): string | undefined {
    const family = this.#address(native.socketPeer, 2);
    return family === undefined ? undefined : familyName(family);
  }
  #address(ask: (id: number) => any, index: number): any {
    const id = this.#id === -1 ? this.#last : this.#id;
    const found = id === -1 ? null : ask(id);
    return Array.isArray(found) ? found[index] : undefined;
  }

  // ---- TLS.

  get authorized(): boolean {
    return this.#authorized;
  }
  get alpnProtocol(): string | false | null {
    return this.#id === -1 ? null : (this.#info()?.protocol ?? false);
  }
  #info(): any {
    const id = this.#id === -1 ? this.#last : this.#id;
    return id === -1 || this.#secure === undefined ? null : native.tlsInfo(id);
  }
  getAuthorizationError(): any {
    return this.#verifyError;
  }
  getServername(): string | undefined {
    return this.#secure?.isServer === true ? (this.#info()?.name ?? undefined) : (this.#secure?.servername ?? undefined);
  }
  getTLSVersion(): string | null {
    return this.#info()?.version ?? null;
  }
  getCipher(): any {
    const info = this.#info();
    return info === null || info.cipher === null ? undefined : require("crust:net/ciphers").describeCipher(info);
  }
  getPeerCertificate(abbreviated?: boolean): any {
    return this.#id === -1 || this.#secure === undefined ? undefined : require("crust:net/certificates").peerCertificate(this.#id, abbreviated === false);
  }
  isSessionReused(): boolean {
    return this.#info()?.resumed === true;
  }
  exportKeyingMaterial(length: number, label: string, context?: Uint8Array): any {
    if (this.#id === -1 || this.#secure === undefined) throw Object.assign(new Error("The socket has no TLS session"), { code: "ERR_TLS_INVALID_STATE" });
    return toBuffer(native.tlsExportKeyingMaterial(this.#id, length, label, context));
  }

  [Symbol.dispose](): void {
    this.end();
  }
}

// Parts of TLS that the library does not do, or that would give the keys away.
for (const name of [
  "disableRenegotiation", "getCertificate", "getEphemeralKeyInfo", "getSession", "getSharedSigalgs", "getTLSFinishedMessage", "getTLSPeerFinishedMessage",
  "getTLSTicket", "renegotiate", "resumeSNI", "setKeyCert", "setMaxSendFragment", "setServername", "setSession", "setVerifyMode",
]) {
  Object.defineProperty(BunSocket.prototype, name, {
    value: { [name](): never {
      throw Object.assign(new Error(`socket.${name} is not implemented in Crust yet`), { code: "ERR_NOT_IMPLEMENTED" });
    } }[name],
    writable: true,
    configurable: true,
  });
}

export class TCPSocket extends BunSocket {
  get [Symbol.toStringTag](): string {
    return "TCPSocket";
  }
}
export class TLSSocket extends BunSocket {
  get [Symbol.toStringTag](): string {
    return "TLSSocket";
  }
}

/** Whether a socket came from a listener. */
export function isOfListener(owner: unknown, listener: unknown): owner is BunSocket {
  return owner instanceof BunSocket && owner.listener === listener;
}
