// `dgram.Socket`: an event emitter over a native UDP socket.

import * as native from "crust:ops/net";
import { Buffer } from "crust:node/buffer";
import { codes } from "crust:node/internal/errors";
import { EventEmitter } from "crust:node/events";
import { validateAbortSignal, validateFunction, validateNumber, validatePort, validateString } from "crust:node/internal/validators";
import { own, release } from "crust:net/datagrams";
import type { DatagramEvents } from "crust:net/datagrams";
import { toBuffer } from "crust:net/handles";
import { familyName } from "crust:net/ip";
import { dgramIsConnected, dgramNotConnected, dgramNotRunning, socketAlreadyBound, socketBadBufferSize, socketBadType } from "crust:net/net_errors";
import { callError, hostPortError } from "crust:net/system_error";

const UNBOUND = 0;
const BINDING = 1;
const BOUND = 2;
const DISCONNECTED = 0;
const CONNECTING = 1;
const CONNECTED = 2;

/** Datagrams that wait for room in the kernel; what is beyond fails, as nothing else bounds them. */
const LONGEST_QUEUE = 16_384;

interface Waiting {
  bytes: Uint8Array;
  address: string | null;
  port: number;
  done: ((error: any, bytes?: number) => void) | undefined;
}

class State {
  id = -1;
  closed = false;
  bind = UNBOUND;
  connect = DISCONNECTED;
  type: "udp4" | "udp6" = "udp4";
  options: any;
  referenced = true;
  waiting: Waiting[] = [];
  /** What waits for the socket to be bound. */
  queue: (() => void)[] = [];
  queuedBytes = 0;
}

const kState = Symbol("kState");

const events: DatagramEvents = {
  message(socket: any, bytes, address, port) {
    socket.emit("message", toBuffer(bytes), { address, family: familyName(address.includes(":") ? 6 : 4), port, size: bytes.length });
  },
  drain(socket: any) {
    flush(socket);
  },
  failed(socket: any, errno) {
    socket.emit("error", callError(errno, "recvmsg"));
  },
};

export function Socket(this: any, type: any, listener?: any): any {
  if (!(this instanceof (Socket as any))) return new (Socket as any)(type, listener);
  (EventEmitter as any).call(this);
  const options = type !== null && typeof type === "object" ? type : { type };
  if (options.type !== "udp4" && options.type !== "udp6") throw socketBadType();
  const state = new State();
  state.type = options.type;
  state.options = options;
  this[kState] = state;
  this.type = options.type;
  if (options.lookup !== undefined) validateFunction(options.lookup, "lookup");
  if (typeof listener === "function") this.on("message", listener);
  if (options.signal !== undefined) abortWith(this, options.signal);
}
Object.setPrototypeOf(Socket.prototype, (EventEmitter as any).prototype);
Object.setPrototypeOf(Socket, EventEmitter);

function abortWith(socket: any, signal: AbortSignal): void {
  validateAbortSignal(signal, "options.signal");
  const abort = (): void => {
    if (!socket[kState].closed) socket.close();
  };
  if (signal.aborted) process.nextTick(abort);
  else {
    signal.addEventListener("abort", abort, { once: true });
    socket.once("close", () => signal.removeEventListener("abort", abort));
  }
}

function running(socket: any): State {
  const state: State = socket[kState];
  if (state.closed) throw dgramNotRunning();
  return state;
}

function find(socket: any, address: string | undefined, done: (error: any, ip: string) => void): void {
  const state: State = socket[kState];
  const family = state.type === "udp6" ? 6 : 4;
  const host = address || (family === 6 ? "::1" : "127.0.0.1");
  const lookup = state.options.lookup ?? require("crust:net/node_dns").lookup;
  lookup(host, family, done);
}

const proto: any = Socket.prototype;

proto.bind = function (port?: any, address?: any, callback?: any): any {
  const state = running(this);
  if (state.bind !== UNBOUND) throw socketAlreadyBound();
  const last = arguments[arguments.length - 1];
  if (typeof last === "function") {
    const removeListeners = (): void => {
      this.removeListener("error", removeListeners);
      this.removeListener("listening", onListening);
    };
    const onListening = (): void => {
      removeListeners();
      last.call(this);
    };
    this.on("error", removeListeners);
    this.on("listening", onListening);
  }
  let [at, on, exclusive] = [address, port, false] as [any, any, any];
  if (port !== null && typeof port === "object") {
    if (port.fd !== undefined) throw new codes.ERR_NOT_IMPLEMENTED!("dgram bind of a file descriptor");
    ({ address: at, port: on, exclusive } = port);
  } else if (typeof address === "function") at = undefined;
  if (typeof on === "function" || on === undefined || on === null) on = 0;
  void callback;
  void exclusive;
  const number = validatePort(on, "options.port");
  state.bind = BINDING;
  const any = state.type === "udp6" ? "::" : "0.0.0.0";
  if (at) {
    find(this, at, (error, ip) => {
      if (state.closed) return;
      if (error) {
        state.bind = UNBOUND;
        this.emit("error", error);
      } else bindNow(this, ip, number, at);
    });
  } else bindNow(this, any, number, undefined);
  return this;
};

function bindNow(socket: any, ip: string, port: number, shown: string | undefined): void {
  const state: State = socket[kState];
  const { reuseAddr, reusePort, ipv6Only, sendBufferSize, recvBufferSize } = state.options;
  try {
    state.id = native.datagramBind(ip, port, reuseAddr === true, reusePort === true, ipv6Only === true);
  } catch (error: any) {
    state.bind = UNBOUND;
    state.queue = [];
    const failure = hostPortError(error.errno ?? -22, "bind", shown ?? ip, port);
    process.nextTick(() => socket.emit("error", failure));
    return;
  }
  own(state.id, socket, events);
  if (!state.referenced) native.datagramRef(state.id, false);
  if (recvBufferSize) bufferSize(socket, false, recvBufferSize);
  if (sendBufferSize) bufferSize(socket, true, sendBufferSize);
  state.bind = BOUND;
  process.nextTick(() => {
    if (state.closed) return;
    socket.emit("listening");
    const { queue } = state;
    state.queue = [];
    for (const run of queue) run();
  });
}

// Runs when the socket is bound, binding it first if nobody did.
function whenBound(socket: any, run: () => void): void {
  const state: State = socket[kState];
  if (state.bind === UNBOUND) socket.bind({ port: 0, exclusive: true });
  if (state.bind === BOUND && state.queue.length === 0) run();
  else if (state.queue.length < LONGEST_QUEUE) state.queue.push(run);
  else throw new codes.ERR_OUT_OF_RANGE!("queue", `at most ${LONGEST_QUEUE} datagrams`, state.queue.length);
}

proto.connect = function (port: any, address?: any, callback?: any): void {
  const state = running(this);
  const number = validatePort(port, "Port", false);
  if (typeof address === "function") [callback, address] = [address, undefined];
  if (state.connect !== DISCONNECTED) throw dgramIsConnected();
  state.connect = CONNECTING;
  const failed = (error: any): void => {
    state.connect = DISCONNECTED;
    process.nextTick(() => (callback ? callback(error) : this.emit("error", error)));
  };
  whenBound(this, () => find(this, address, (error, ip) => {
    if (state.closed) return;
    if (error) return failed(error);
    const errno = native.datagramConnect(state.id, ip, number);
    if (errno < 0) return failed(hostPortError(errno, "connect", address ?? ip, number));
    state.connect = CONNECTED;
    if (callback) this.once("connect", callback);
    process.nextTick(() => this.emit("connect"));
  }));
};

proto.disconnect = function (): void {
  const state = running(this);
  if (state.connect !== CONNECTED) throw dgramNotConnected();
  const errno = native.datagramDisconnect(state.id);
  if (errno < 0) throw callError(errno, "connect");
  state.connect = DISCONNECTED;
};

function toBytes(value: any): Uint8Array {
  if (typeof value === "string") return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw new codes.ERR_INVALID_ARG_TYPE!("buffer", ["Buffer", "TypedArray", "DataView", "string"], value);
}

// `send(bytes | list, [offset, length], port, [address], [callback])`, without port and address when connected.
proto.send = function (buffer: any, ...args: any[]): void {
  const state = running(this);
  const connected = state.connect === CONNECTED;
  const [second, third, fourth, fifth, sixth] = args;
  const isPart = connected ? typeof third === "number" : Boolean(fifth) || (Boolean(fourth) && typeof fourth !== "function");
  const source = isPart ? slice(buffer, second, third) : buffer;
  let [port, address, callback] = isPart ? [fourth, fifth, sixth] : [second, third, fourth];
  if (connected) [port, address, callback] = [0, undefined, port];
  else if (typeof address === "function") [address, callback] = [undefined, address];
  const list = Array.isArray(source) ? source.map(toBytes) : [toBytes(source)];
  if (!connected) port = validatePort(port, "Port", false);
  if (typeof callback !== "function") callback = undefined;
  if (address !== undefined && address !== null && typeof address !== "string") throw new codes.ERR_INVALID_ARG_TYPE!("address", "string", address);
  const bytes = list.length === 1 ? list[0]! : Buffer.concat(list);
  whenBound(this, () => {
    if (connected) {
      transmit(this, { bytes, address: null, port: 0, done: callback });
      return;
    }
    find(this, address, (error, ip) => {
      if (state.closed) return;
      if (!error) transmit(this, { bytes, address: ip, port, done: callback });
      else if (callback) process.nextTick(callback, error);
      else process.nextTick(() => this.emit("error", error));
    });
  });
};

function slice(buffer: any, offset: any, length: any): Uint8Array {
  const bytes = toBytes(buffer);
  const from = offset >>> 0;
  const count = length >>> 0;
  if (from > bytes.byteLength) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS!("offset");
  if (from + count > bytes.byteLength) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS!("length");
  return bytes.subarray(from, from + count);
}

function transmit(socket: any, one: Waiting): void {
  const state: State = socket[kState];
  const sent = state.waiting.length > 0 ? 0 : native.datagramSend(state.id, one.bytes, one.address, one.port);
  if (sent === 1) {
    if (one.done) process.nextTick(one.done, null, one.bytes.length);
    return;
  }
  if (sent === 0 && state.waiting.length < LONGEST_QUEUE) {
    state.waiting.push(one);
    state.queuedBytes += one.bytes.length;
    return;
  }
  const error = hostPortError(sent === 0 ? -105 : sent, "send", one.address ?? undefined, one.port || undefined);
  if (one.done) process.nextTick(one.done, error);
  else process.nextTick(() => socket.emit("error", error));
}

function flush(socket: any): void {
  const state: State = socket[kState];
  const { waiting } = state;
  state.waiting = [];
  state.queuedBytes = 0;
  for (const one of waiting) transmit(socket, one);
}

proto.close = function (callback?: any): any {
  if (typeof callback === "function") this.on("close", callback);
  const state = running(this);
  state.closed = true;
  state.queue = [];
  if (state.id !== -1) release(state.id);
  state.id = -1;
  process.nextTick(() => this.emit("close"));
  return this;
};
proto[Symbol.asyncDispose] = async function (): Promise<void> {
  if (this[kState].closed) return;
  await new Promise<void>((resolve) => this.close(resolve));
};

function describe(found: any): any {
  return { address: found[0], family: familyName(found[2]), port: found[1] };
}
proto.address = function (): any {
  const state = running(this);
  if (state.bind !== BOUND) throw callError(-9, "getsockname");
  return describe(native.datagramLocal(state.id));
};
proto.remoteAddress = function (): any {
  const state = running(this);
  if (state.connect !== CONNECTED) throw dgramNotConnected();
  return describe(native.datagramPeer(state.id));
};

function bound(socket: any, call: string): State {
  const state = running(socket);
  if (state.bind !== BOUND) throw callError(-9, call);
  return state;
}
function option(socket: any, call: string, name: string, value: number): void {
  const errno = native.datagramOption(bound(socket, call).id, name, value);
  if (errno < 0) throw callError(errno, call);
}
proto.setBroadcast = function (on: unknown): void {
  option(this, "setBroadcast", "broadcast", on ? 1 : 0);
};
proto.setTTL = function (ttl: any): any {
  validateNumber(ttl, "ttl");
  option(this, "setTTL", "ttl", ttl >>> 0);
  return ttl;
};
proto.setMulticastTTL = function (ttl: any): any {
  validateNumber(ttl, "ttl");
  option(this, "setMulticastTTL", "multicastTtl", ttl >>> 0);
  return ttl;
};
proto.setMulticastLoopback = function (on: unknown): unknown {
  option(this, "setMulticastLoopback", "multicastLoopback", on ? 1 : 0);
  return on;
};
proto.setMulticastInterface = function (address: any): void {
  const state = running(this);
  validateString(address, "interfaceAddress");
  const errno = state.bind === BOUND ? native.datagramMulticastInterface(state.id, address) : -9;
  if (errno < 0) throw callError(errno, "setMulticastInterface");
};

function membership(socket: any, call: string, join: boolean, group: any, at: any, source: string | null): void {
  const state = running(socket);
  if (!group) throw new codes.ERR_MISSING_ARGS!("multicastAddress");
  const run = (): void => {
    const errno = native.datagramMembership(state.id, join, group, at ?? null, source);
    if (errno < 0) throw callError(errno, call);
  };
  if (state.bind === UNBOUND) socket.bind({ port: 0, exclusive: true });
  if (state.id === -1) throw callError(-9, call);
  run();
}
proto.addMembership = function (group: any, at?: any): void {
  membership(this, "addMembership", true, group, at, null);
};
proto.dropMembership = function (group: any, at?: any): void {
  membership(this, "dropMembership", false, group, at, null);
};
proto.addSourceSpecificMembership = function (source: any, group: any, at?: any): void {
  validateString(source, "sourceAddress");
  validateString(group, "groupAddress");
  membership(this, "addSourceSpecificMembership", true, group, at, source);
};
proto.dropSourceSpecificMembership = function (source: any, group: any, at?: any): void {
  validateString(source, "sourceAddress");
  validateString(group, "groupAddress");
  membership(this, "dropSourceSpecificMembership", false, group, at, source);
};

function bufferSize(socket: any, sending: boolean, size: number): number {
  if (size !== 0 && size >>> 0 !== size) throw socketBadBufferSize();
  const state = running(socket);
  const result = state.bind === UNBOUND || state.id === -1 ? -9 : native.datagramBufferSize(state.id, sending, size);
  if (result < 0) {
    const failure = callError(result, sending ? "uv_send_buffer_size" : "uv_recv_buffer_size");
    const { systemErrorMap } = require("crust:node/internal/system_errors");
    const text = systemErrorMap().get(result)?.[1] ?? "unknown error";
    const error: any = new Error(`Could not get or set buffer size: ${failure.syscall} returned ${failure.code} (${text})`);
    throw Object.assign(error, { code: "ERR_SOCKET_BUFFER_SIZE", name: "SystemError", info: { errno: result, code: failure.code, syscall: failure.syscall }, errno: result, syscall: failure.syscall });
  }
  return result;
}
proto.setRecvBufferSize = function (size: number): void {
  if (size === 0) throw socketBadBufferSize();
  bufferSize(this, false, size);
};
proto.setSendBufferSize = function (size: number): void {
  if (size === 0) throw socketBadBufferSize();
  bufferSize(this, true, size);
};
proto.getRecvBufferSize = function (): number {
  return bufferSize(this, false, 0);
};
proto.getSendBufferSize = function (): number {
  return bufferSize(this, true, 0);
};
proto.getSendQueueSize = function (): number {
  return this[kState].queuedBytes;
};
proto.getSendQueueCount = function (): number {
  return this[kState].waiting.length;
};

proto.ref = function (): any {
  return setReferenced(this, true);
};
proto.unref = function (): any {
  return setReferenced(this, false);
};
function setReferenced(socket: any, referenced: boolean): any {
  const state: State = socket[kState];
  state.referenced = referenced;
  if (state.id !== -1) native.datagramRef(state.id, referenced);
  return socket;
}
