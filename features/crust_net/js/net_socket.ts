// `net.Socket`: a Duplex over a native socket. Connecting is in `net_connect.ts`.

import * as native from "crust:ops/net";
import { Buffer } from "crust:node/buffer";
import { AbortError, codes } from "crust:node/internal/errors";
import { Duplex } from "crust:node/internal/streams/duplex";
import { validateAbortSignal, validateFunction, validateInt32, validateNumber } from "crust:node/internal/validators";
import { own, toBuffer } from "crust:net/handles";
import type { SocketEvents } from "crust:net/handles";
import { describeAddress, Handle } from "crust:net/net_handle";
import type { Address } from "crust:net/net_handle";
import { socketClosed, socketClosedBeforeConnection } from "crust:net/net_errors";
import { callError } from "crust:net/system_error";

/** The longest time a timer can wait. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;
const ECANCELED = -125;

/** What a socket keeps beside its streams. */
export class State {
  /** The rest of a write that waits for room. */
  pending: { bytes: Uint8Array; offset: number; done: (error?: any) => void } | undefined;
  /** `_final` waits for the last bytes to go out. */
  final: ((error?: any) => void) | undefined;
  paused = false;
  bytesRead = 0;
  bytesWritten = 0;
  timer: any;
  peer: Address | undefined;
  local: Address | undefined;
  noDelay = false;
  keepAlive = false;
  keepAliveDelay = 0;
  onread: { buffer: any; callback: (count: number, buffer: Uint8Array) => unknown } | undefined;
  reset = false;
  /** Ends an attempt to connect. */
  abandon: (() => void) | undefined;
}

export const kState = Symbol("kState");

export const socketEvents: SocketEvents = {
  data(socket: any, bytes) {
    const state: State = socket[kState];
    state.bytesRead += bytes.length;
    socket._unrefTimer();
    if (state.onread !== undefined) deliverToBuffer(socket, state, bytes);
    else if (!socket.push(toBuffer(bytes))) setPaused(socket, true);
  },
  end(socket: any) {
    socket.push(null);
    socket.read(0);
  },
  drain(socket: any) {
    const { pending } = socket[kState] as State;
    if (pending === undefined) return;
    socket[kState].pending = undefined;
    socket._unrefTimer();
    send(socket, pending.bytes, pending.offset, pending.done);
  },
  failed(socket: any, error) {
    socket.destroy(typeof error === "number" ? callError(error, "read") : error);
  },
  finished(socket: any) {
    const { final } = socket[kState] as State;
    socket[kState].final = undefined;
    final?.();
  },
};

function deliverToBuffer(socket: any, state: State, bytes: Uint8Array): void {
  let { buffer } = state.onread!;
  for (let offset = 0; offset < bytes.length && socket._handle; ) {
    if (typeof buffer === "function") buffer = buffer();
    const part = bytes.subarray(offset, offset + buffer.length);
    buffer.set(part);
    offset += part.length;
    if (state.onread!.callback(part.length, buffer) === false) setPaused(socket, true);
    ({ buffer } = state.onread!);
  }
}

function setPaused(socket: any, paused: boolean): void {
  const state: State = socket[kState];
  if (state.paused === paused || !socket._handle) return;
  state.paused = paused;
  native.socketPause(socket._handle.id, paused);
}

function send(socket: any, bytes: Uint8Array, offset: number, done: (error?: any) => void): void {
  if (!socket._handle) {
    done(socketClosed());
    return;
  }
  const written: number = native.socketWrite(socket._handle.id, bytes, offset);
  if (written < 0) {
    done(callError(written, "write"));
    return;
  }
  socket[kState].bytesWritten += written;
  if (offset + written < bytes.length) socket[kState].pending = { bytes, offset: offset + written, done };
  else done();
}

/** Gives a socket its connection. */
export function adopt(socket: any, id: number): void {
  socket._handle = new Handle(id);
  own(id, socket, socket[kEvents]);
  const state: State = socket[kState];
  if (state.noDelay) native.socketNoDelay(id, true);
  if (state.keepAlive) native.socketKeepAlive(id, true, state.keepAliveDelay);
}

/** The table of events of a socket's class: TLS sockets have their own. */
export const kEvents = Symbol("kEvents");

export function Socket(this: any, options?: any): any {
  if (!(this instanceof (Socket as any))) return new (Socket as any)(options);
  const given = typeof options === "number" ? { fd: options } : { ...options };
  if (given.objectMode || given.readableObjectMode || given.writableObjectMode) {
    throw new codes.ERR_INVALID_ARG_VALUE!("options.objectMode", true, "is not supported");
  }
  if (given.fd !== undefined) throw new codes.ERR_NOT_IMPLEMENTED!("net.Socket of a file descriptor");
  if (given.signal !== undefined) validateAbortSignal(given.signal, "options.signal");
  this[kState] = new State();
  this.connecting = false;
  this._hadError = false;
  this._parent = null;
  this._host = null;
  this._handle = null;
  this.server = null;
  this._server = null;
  this.allowHalfOpen = Boolean(given.allowHalfOpen);
  Duplex.call(this, { ...given, allowHalfOpen: this.allowHalfOpen, emitClose: false, autoDestroy: true, decodeStrings: true, objectMode: false, signal: undefined });
  this.on("end", onEnd);
  const state: State = this[kState];
  state.noDelay = Boolean(given.noDelay);
  state.keepAlive = Boolean(given.keepAlive);
  state.keepAliveDelay = Math.max(0, Math.floor((given.keepAliveInitialDelay ?? 0) / 1000) || 0);
  if (given.onread !== null && typeof given.onread === "object" && typeof given.onread.callback === "function") state.onread = given.onread;
  if (given.signal !== undefined) abortWith(this, given.signal);
  if (given.handle instanceof Handle) adopt(this, given.handle.surrender());
}
Object.setPrototypeOf(Socket.prototype, Duplex.prototype);
Object.setPrototypeOf(Socket, Duplex);

function abortWith(socket: any, signal: AbortSignal): void {
  const abort = (): void => socket.destroy(new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) process.nextTick(abort);
  else {
    signal.addEventListener("abort", abort, { once: true });
    socket.once("close", () => signal.removeEventListener("abort", abort));
  }
}

// Without half-open connections nothing can be written behind the peer's end.
function onEnd(this: any): void {
  if (!this.allowHalfOpen) this.write = writeAfterFin;
}
function writeAfterFin(this: any, chunk: unknown, encoding?: any, callback?: any): boolean {
  if (!this.writableEnded) return (Duplex.prototype as any).write.call(this, chunk, encoding, callback);
  const error = Object.assign(new Error("This socket has been ended by the other party"), { code: "EPIPE" });
  const done = typeof encoding === "function" ? encoding : callback;
  if (typeof done === "function") process.nextTick(done, error);
  this.destroy(error);
  return false;
}

const proto: any = Socket.prototype;
proto[kEvents] = socketEvents;

proto._read = function (): void {
  if (this.connecting || !this._handle) this.once("connect", () => this._read());
  else setPaused(this, false);
};

proto._write = function (chunk: Uint8Array, encoding: string, done: (error?: any) => void): void {
  if (this.connecting) {
    const closed = (): void => done(socketClosedBeforeConnection());
    this.once("connect", () => {
      this.off("close", closed);
      this._write(chunk, encoding, done);
    });
    this.once("close", closed);
    return;
  }
  this._unrefTimer();
  send(this, chunk, 0, done);
};
proto._writev = function (chunks: { chunk: Uint8Array }[], done: (error?: any) => void): void {
  this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "buffer", done);
};
proto._final = function (done: (error?: any) => void): void {
  if (this.connecting) {
    this.once("connect", () => this._final(done));
    return;
  }
  if (!this._handle || native.socketEnd(this._handle.id)) done();
  else this[kState].final = done;
};

proto._destroy = function (error: any, done: (error?: any) => void): void {
  this.connecting = false;
  const state: State = this[kState];
  clearTimeout(state.timer);
  state.abandon?.();
  state.abandon = undefined;
  const hadError = Boolean(error);
  if (this._handle) {
    rememberAddresses(this);
    this._handle.close(state.reset);
    this._handle = null;
  }
  const { pending, final } = state;
  state.pending = undefined;
  state.final = undefined;
  done(error);
  final?.();
  // In a later turn than `error`, as where handles close.
  setImmediate(() => {
    pending?.done(callError(ECANCELED, "write"));
    process.nextTick(() => {
      this._hadError = hadError;
      this.emit("close", hadError);
    });
  });
  this._server?._connectionClosed(this);
  this._server = null;
};

function rememberAddresses(socket: any): void {
  const state: State = socket[kState];
  // Programs log whom they talked to after it is gone.
  if (socket._handle.id !== -1) state.peer ??= describeAddress(native.socketPeer(socket._handle.id));
}

proto.destroySoon = function (): void {
  if (this.writable) this.end();
  if (this.writableFinished) this.destroy();
  else this.once("finish", this.destroy);
};
proto.resetAndDestroy = function (): any {
  if (this.connecting) {
    this.once("connect", () => this.resetAndDestroy());
    return this;
  }
  if (!this._handle) {
    this.destroy(socketClosed());
    return this;
  }
  this[kState].reset = true;
  return this.destroy();
};

proto.end = function (data?: unknown, encoding?: unknown, callback?: unknown): any {
  (Duplex.prototype as any).end.call(this, data, encoding, callback);
  return this;
};
proto.pause = function (): any {
  if (this[kState].onread !== undefined && !this.connecting) setPaused(this, true);
  return (Duplex.prototype as any).pause.call(this);
};
proto.resume = function (): any {
  if (this[kState].onread !== undefined && !this.connecting) setPaused(this, false);
  return (Duplex.prototype as any).resume.call(this);
};

proto._onTimeout = function (): void {
  this.emit("timeout");
};
proto.setTimeout = function (milliseconds: any, callback?: any): any {
  if (this.destroyed) return this;
  validateNumber(milliseconds, "msecs");
  if (milliseconds < 0 || !Number.isFinite(milliseconds)) throw new codes.ERR_OUT_OF_RANGE!("msecs", "a non-negative finite number", milliseconds);
  if (callback !== undefined) validateFunction(callback, "callback");
  this.timeout = milliseconds;
  const state: State = this[kState];
  clearTimeout(state.timer);
  state.timer = undefined;
  if (milliseconds === 0) {
    if (callback !== undefined) this.removeListener("timeout", callback);
    return this;
  }
  state.timer = setTimeout(() => this._onTimeout(), Math.min(milliseconds, LONGEST_TIMEOUT));
  state.timer.unref();
  if (callback !== undefined) this.once("timeout", callback);
  return this;
};
proto._unrefTimer = function (): void {
  this[kState].timer?.refresh();
};

proto.setNoDelay = function (enable?: unknown): any {
  const state: State = this[kState];
  state.noDelay = enable === undefined ? true : Boolean(enable);
  if (this._handle) native.socketNoDelay(this._handle.id, state.noDelay);
  return this;
};
proto.setKeepAlive = function (enable?: unknown, delay?: any): any {
  const state: State = this[kState];
  state.keepAlive = Boolean(enable);
  state.keepAliveDelay = Math.max(0, Math.floor((delay ?? 0) / 1000) || 0);
  if (this._handle) native.socketKeepAlive(this._handle.id, state.keepAlive, state.keepAliveDelay);
  return this;
};
proto.getTypeOfService = function (): number {
  if (!this._handle) return 0;
  const value = native.socketTypeOfService(this._handle.id);
  if (value < 0) throw callError(value, "getTypeOfService");
  return value;
};
proto.setTypeOfService = function (value: any): any {
  validateInt32(value, "tos", 0, 255);
  const errno = this._handle ? native.socketSetTypeOfService(this._handle.id, value) : 0;
  if (errno < 0) throw callError(errno, "setTypeOfService");
  return this;
};

function setReferenced(socket: any, method: "ref" | "unref"): any {
  if (socket._handle) socket._handle[method]();
  else socket.once("connect", socket[method]);
  return socket;
}
proto.ref = function (): any {
  return setReferenced(this, "ref");
};
proto.unref = function (): any {
  return setReferenced(this, "unref");
};

function localOf(socket: any): Address {
  const state: State = socket[kState];
  if (!socket._handle || socket._handle.id === -1) return state.local ?? {};
  state.local ??= describeAddress(native.socketLocal(socket._handle.id));
  return state.local;
}
function peerOf(socket: any): Address {
  const state: State = socket[kState];
  if (!socket._handle || socket._handle.id === -1 || socket.connecting) return state.peer ?? {};
  state.peer ??= describeAddress(native.socketPeer(socket._handle.id));
  return state.peer;
}

proto.address = function (): Address {
  return localOf(this);
};
proto._getpeername = function (): Address {
  return peerOf(this);
};
proto._getsockname = function (): Address {
  return localOf(this);
};

function view(name: string, get: (socket: any) => unknown): void {
  Object.defineProperty(proto, name, {
    get() {
      return get(this);
    },
    enumerable: false,
    configurable: true,
  });
}
view("bytesRead", (socket) => socket[kState]?.bytesRead ?? 0);
view("bytesWritten", (socket) => {
  const waiting = socket.writableLength ?? 0;
  const state: State = socket[kState];
  // What waits in the stream was written by the program, and what went out in part counts once.
  const partly = state.pending === undefined ? 0 : state.pending.offset;
  return state.bytesWritten + (socket.destroyed ? 0 : Math.max(0, waiting - partly));
});
view("pending", (socket) => !socket._handle || socket.connecting);
view("readyState", (socket) => {
  if (socket.connecting) return "opening";
  if (socket.readable && socket.writable) return "open";
  if (socket.readable && !socket.writable) return "readOnly";
  return !socket.readable && socket.writable ? "writeOnly" : "closed";
});
view("bufferSize", (socket) => (socket._handle ? socket.writableLength : undefined));
view("_connecting", (socket) => socket.connecting);
view("localAddress", (socket) => localOf(socket).address);
view("localPort", (socket) => localOf(socket).port);
view("localFamily", (socket) => localOf(socket).family);
view("remoteAddress", (socket) => peerOf(socket).address);
view("remotePort", (socket) => peerOf(socket).port);
view("remoteFamily", (socket) => peerOf(socket).family);

proto.connect = function (...args: any[]): any {
  return require("crust:net/net_connect").connectSocket(this, args);
};
proto[Symbol.asyncDispose] = async function (): Promise<void> {
  if (this.destroyed) return;
  const closed = new Promise<void>((resolve) => this.once("close", () => resolve()));
  this.destroy();
  await closed;
};
