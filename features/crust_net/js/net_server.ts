// `net.Server`: listens and hands out sockets.

import * as native from "crust:ops/net";
import { codes, notImplemented } from "crust:node/internal/errors";
import { EventEmitter } from "crust:node/events";
import { validateAbortSignal, validateFunction, validateObject, validatePort, validateString } from "crust:node/internal/validators";
import { ownListener, release, releaseListener } from "crust:net/handles";
import { isIP } from "crust:net/ip";
import { normalizeArgs } from "crust:net/net_connect";
import { describeAddress, Handle } from "crust:net/net_handle";
import { Socket } from "crust:net/net_socket";
import { listenError } from "crust:net/system_error";

const BACKLOG = 511;
const EADDRNOTAVAIL = -99;
const EAFNOSUPPORT = -97;
const EINVAL = -22;
const ENOENT = -2;
const EACCES = -13;

// What stands in `server._handle`.
class ListeningHandle {
  readonly id: number;
  #referenced = true;
  constructor(id: number) {
    this.id = id;
  }
  get fd(): number {
    return native.listenerDescriptor(this.id);
  }
  ref(): void {
    this.#referenced = true;
    native.listenerRef(this.id, true);
  }
  unref(): void {
    this.#referenced = false;
    native.listenerRef(this.id, false);
  }
  hasRef(): boolean {
    return this.#referenced;
  }
}

export function Server(this: any, options?: any, listener?: any): any {
  if (!(this instanceof (Server as any))) return new (Server as any)(options, listener);
  (EventEmitter as any).call(this);
  let settings = options;
  if (typeof options === "function") [settings, listener] = [{}, options];
  else if (options === undefined || options === null) settings = {};
  else if (typeof options === "object") settings = { ...options };
  else throw new codes.ERR_INVALID_ARG_TYPE!("options", "Object", options);
  if (listener !== undefined && listener !== null) this.on("connection", listener);
  this._connections = 0;
  this._handle = null;
  this._unref = false;
  this._path = undefined;
  this._options = settings;
  this._listeningId = 1;
  this.allowHalfOpen = Boolean(settings.allowHalfOpen);
  this.pauseOnConnect = Boolean(settings.pauseOnConnect);
  this.noDelay = Boolean(settings.noDelay);
  this.keepAlive = Boolean(settings.keepAlive);
  this.keepAliveInitialDelay = Math.floor((settings.keepAliveInitialDelay ?? 0) / 1000) || 0;
  this.highWaterMark = settings.highWaterMark;
  if (settings.blockList !== undefined) this.blockList = settings.blockList;
}
Object.setPrototypeOf(Server.prototype, (EventEmitter as any).prototype);
Object.setPrototypeOf(Server, EventEmitter);

const proto: any = Server.prototype;

Object.defineProperties(proto, {
  listening: { get(this: any) { return this._handle !== null; }, configurable: true, enumerable: true },
  connections: {
    get(this: any) { return this._connections; },
    set(this: any, value: number) { this._connections = value; },
    configurable: true,
  },
});

proto.listen = function (...args: any[]): any {
  const [given, callback] = normalizeArgs(args);
  let options = given;
  if (this._handle !== null) throw new codes.ERR_SERVER_ALREADY_LISTEN!();
  if (callback !== null) this.once("listening", callback);
  // `listen(port, [host], [backlog])` and `listen(path, [backlog])`.
  const backlog = options.backlog || (typeof args[1] === "number" ? args[1] : typeof args[2] === "number" ? args[2] : BACKLOG);
  if (options._handle !== undefined || options.handle !== undefined) notImplemented("server.listen of a handle");
  if (typeof options.fd === "number" && options.fd >= 0) notImplemented("server.listen of a file descriptor");
  if (options.signal !== undefined) abortWith(this, options.signal);
  // `listen()`, `listen(null)` and `listen(callback)` mean any port.
  if (args.length === 0 || typeof args[0] === "function" || (options.port === undefined && "port" in options) || options.port === null) options = { ...options, port: 0 };
  if (typeof options.port === "number" || typeof options.port === "string") {
    const port = validatePort(options.port, "options.port");
    if (options.host) listenByName(this, options.host, port, backlog, options);
    else listenTcp(this, null, port, backlog, options);
    return this;
  }
  if (options.path && typeof options.path === "string") {
    listenPath(this, options, backlog);
    return this;
  }
  if (!("port" in options || "path" in options)) throw new codes.ERR_INVALID_ARG_VALUE!("options", options, 'must have the property "port" or "path"');
  throw new codes.ERR_INVALID_ARG_VALUE!("options", options);
};

function abortWith(server: any, signal: AbortSignal): void {
  validateAbortSignal(signal, "options.signal");
  const abort = (): void => server.close();
  if (signal.aborted) process.nextTick(abort);
  else {
    signal.addEventListener("abort", abort, { once: true });
    server.once("close", () => signal.removeEventListener("abort", abort));
  }
}

function listenByName(server: any, host: string, port: number, backlog: number, options: any): void {
  validateString(host, "options.host");
  if (isIP(host) !== 0) {
    listenTcp(server, host, port, backlog, options);
    return;
  }
  const id = server._listeningId;
  require("crust:net/node_dns").lookup(host, { family: 0 }, (error: any, address: string) => {
    // Closed, or listening again, while the name was looked up.
    if (id !== server._listeningId) return;
    if (error) server.emit("error", error);
    else listenTcp(server, address, port, backlog, options);
  });
}

function listenTcp(server: any, address: string | null, port: number, backlog: number, options: any): void {
  const open = (at: string): number => native.listenTcp(at, port, backlog, options.reusePort === true, options.ipv6Only === true, server.noDelay);
  const failed = (error: any): void => fail(server, listenError(error.errno ?? EINVAL, "listen", address ?? "::", port));
  try {
    start(server, open(address ?? "::"));
  } catch (error: any) {
    // A machine without IPv6 serves everybody at 0.0.0.0.
    if (address !== null || (error.errno !== EAFNOSUPPORT && error.errno !== EADDRNOTAVAIL)) return failed(error);
    try {
      start(server, open("0.0.0.0"));
    } catch (second: any) {
      fail(server, listenError(second.errno ?? EINVAL, "listen", "0.0.0.0", port));
    }
  }
}

function listenPath(server: any, options: any, backlog: number): void {
  const { path } = options;
  let id: number;
  try {
    id = native.listenUnix(path, backlog);
  } catch (error: any) {
    // As libuv says it on every system.
    fail(server, listenError(error.errno === ENOENT ? EACCES : (error.errno ?? EINVAL), "listen", path, -1));
    return;
  }
  const mode = (options.readableAll === true ? 0o444 : 0) | (options.writableAll === true ? 0o222 : 0);
  if (mode !== 0) {
    const fs = require("node:fs");
    fs.chmodSync(path, (fs.statSync(path).mode & 0o777) | mode);
  }
  server._path = path;
  start(server, id);
}

function fail(server: any, error: Error): void {
  process.nextTick(() => server.emit("error", error));
}

function start(server: any, id: number): void {
  server._handle = new ListeningHandle(id);
  const listeningId = ++server._listeningId;
  ownListener(id, {
    accepted: (connection) => accept(server, connection),
    // The process is out of descriptors: the connection is gone, and others may find room.
    refused: (errno) => server.emit("drop", { errno }),
  });
  if (server._unref) server.unref();
  process.nextTick(() => {
    if (server._handle !== null && listeningId === server._listeningId) server.emit("listening");
  });
}

function accept(server: any, id: number): void {
  const peer = describeAddress(native.socketPeer(id));
  const blocked = server.blockList !== undefined && peer.address !== undefined && server.blockList.check(peer.address, peer.family!.toLowerCase());
  if (blocked || (server.maxConnections !== undefined && server._connections >= server.maxConnections)) {
    const local = describeAddress(native.socketLocal(id));
    release(id, false);
    if (blocked) return;
    server.emit("drop", {
      localAddress: local.address, localPort: local.port, localFamily: local.family,
      remoteAddress: peer.address, remotePort: peer.port, remoteFamily: peer.family,
    });
    return;
  }
  const socket = new (Socket as any)({
    allowHalfOpen: server.allowHalfOpen, noDelay: server.noDelay, keepAlive: server.keepAlive, keepAliveInitialDelay: server.keepAliveInitialDelay * 1000,
    highWaterMark: server.highWaterMark, handle: new Handle(id), readable: true, writable: true,
  });
  server._connections++;
  socket.server = server;
  socket._server = server;
  if (server.pauseOnConnect) socket.pause();
  server._accepted(socket);
  if (!socket.destroyed && !server.pauseOnConnect && !socket.isPaused()) socket.read(0);
}

/** Hands out an accepted socket; servers of TLS begin the handshake instead. */
proto._accepted = function (socket: any): void {
  this.emit("connection", socket);
};
/** A socket of this server is gone. */
proto._connectionClosed = function (): void {
  this._connections--;
  this._emitCloseIfDrained();
};
proto._emitCloseIfDrained = function (): void {
  if (this._handle !== null || this._connections > 0 || this._closing !== true) return;
  this._closing = false;
  process.nextTick(() => this.emit("close"));
};

proto.close = function (callback?: any): any {
  if (typeof callback === "function") {
    if (this._handle === null) this.once("close", () => callback(new codes.ERR_SERVER_NOT_RUNNING!()));
    else this.once("close", callback);
  }
  this._closing = true;
  this._listeningId++;
  if (this._handle !== null) {
    releaseListener(this._handle.id);
    this._handle = null;
  }
  this._emitCloseIfDrained();
  return this;
};
proto[Symbol.asyncDispose] = async function (): Promise<void> {
  if (this._handle === null) return;
  await new Promise<void>((resolve, reject) => this.close((error: any) => (error ? reject(error) : resolve())));
};

proto.address = function (): any {
  if (this._handle === null) return null;
  if (this._path !== undefined) return this._path;
  return describeAddress(native.listenerLocal(this._handle.id));
};
proto.getConnections = function (callback: any): any {
  validateFunction(callback, "callback");
  process.nextTick(callback, null, this._connections);
  return this;
};
proto.ref = function (): any {
  this._unref = false;
  this._handle?.ref();
  return this;
};
proto.unref = function (): any {
  this._unref = true;
  this._handle?.unref();
  return this;
};
proto[Symbol.for("nodejs.rejection")] = function (error: unknown, event: string, ...args: any[]): void {
  if (event === "connection") args[0].destroy(error);
  else this.emit("error", error);
};

/** Whether options are of an object, as `createServer` wants them. */
export function checkOptions(options: unknown): void {
  if (options !== undefined && options !== null && typeof options !== "function") validateObject(options, "options");
}
