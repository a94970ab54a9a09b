// `http.ClientRequest`: a request of a program. Its connection comes from an agent or from the program; what happens on
// it is in `client_socket.ts`.

import { channel } from "crust:node/diagnostics_channel";
import { getContext } from "crust:node/internal/async_context";
import { codes } from "crust:node/internal/errors";
import { addAbortSignal } from "crust:node/internal/streams/add_abort_signal";
import { validateBoolean, validateFunction, validateInteger, validateNumber } from "crust:node/internal/validators";
import { forget, globalAgent } from "crust:node/internal/http/agent";
import { isToken, refuseLenient } from "crust:node/internal/http/checks";
import { attach, finishDestroyed, kContext, kError, listenToTimeout, setSocketTimeout } from "crust:node/internal/http/client_socket";
import { kOutHeaders, kUniqueHeaders, OutgoingMessage } from "crust:node/internal/http/outgoing";
import { eos } from "crust:node/internal/streams/end_of_stream";

const unsafePath = /[^\u0021-\u00ff]/;
const kPath = Symbol("kPath");
/** Methods whose requests have no body unless the program says how long it is. */
const bodiless = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"]);
const createdChannel = channel("http.client.request.created");
const startChannel = channel("http.client.request.start");

function readArgs(input: any, options: any, callback: any): [any, any] {
  let target: any = null;
  if (typeof input === "string") target = require("node:url").urlToHttpOptions(new URL(input));
  else if (input instanceof URL || (input?.href && input.protocol && input.auth === undefined && input.path === undefined)) target = require("node:url").urlToHttpOptions(input);
  else [callback, options] = [options, input];
  if (typeof options === "function") [callback, options] = [options, null];
  return [target === null ? { ...options } : { ...target, ...options }, callback];
}

function hostOf(value: unknown, name: string): unknown {
  if (value !== null && value !== undefined && typeof value !== "string") {
    throw new codes.ERR_INVALID_ARG_TYPE!(`options.${name}`, ["string", "undefined", "null"], value);
  }
  return value;
}

function agentOf(options: any, standard: any): any {
  const { agent } = options;
  if (agent === false) return new standard.constructor();
  // A program that opens the connection itself pools nothing.
  if (agent === null || agent === undefined) return typeof options.createConnection === "function" ? agent : standard;
  if (typeof agent.addRequest !== "function") throw new codes.ERR_INVALID_ARG_TYPE!("options.agent", ["Agent-like Object", "undefined", "false"], agent);
  return agent;
}

function checkTarget(options: any, protocol: string, expected: string): void {
  if (options.path && unsafePath.test(String(options.path))) throw new codes.ERR_UNESCAPED_CHARACTERS!("Request path");
  if (protocol !== expected) throw new codes.ERR_INVALID_PROTOCOL!(protocol, expected);
}

function methodOf(method: unknown): string {
  if (method !== null && method !== undefined && typeof method !== "string") throw new codes.ERR_INVALID_ARG_TYPE!("options.method", "string", method);
  if (!method) return "GET";
  if (!isToken(method)) throw Object.assign(new TypeError(`Method must be a valid HTTP token ["${method}"]`), { code: "ERR_INVALID_HTTP_TOKEN" });
  return method.toUpperCase();
}

export function ClientRequest(this: any, input: any, given?: any, called?: any): any {
  if (!(this instanceof (ClientRequest as any))) return new (ClientRequest as any)(input, given, called);
  const [options, callback] = readArgs(input, given, called);
  (OutgoingMessage as any).call(this, { highWaterMark: options.highWaterMark });
  const standard = options._defaultAgent || globalAgent();
  this.agent = agentOf(options, standard);
  const protocol = options.protocol || standard.protocol;
  checkTarget(options, protocol, this.agent?.protocol || standard.protocol);
  const defaultPort = options.defaultPort || this.agent?.defaultPort;
  options.port = options.port || defaultPort || 80;
  options.host = hostOf(options.hostname, "hostname") || hostOf(options.host, "host") || "localhost";
  this.socketPath = options.socketPath;
  if (options.timeout !== undefined) {
    validateNumber(options.timeout, "timeout");
    this.timeout = options.timeout;
  }
  this.method = methodOf(options.method);
  refuseLenient(options);
  this.maxHeaderSize = options.maxHeaderSize;
  if (options.maxHeaderSize !== undefined) validateInteger(options.maxHeaderSize, "maxHeaderSize", 0);
  this.insecureHTTPParser = options.insecureHTTPParser;
  this.joinDuplicateHeaders = options.joinDuplicateHeaders;
  if (options.joinDuplicateHeaders !== undefined) validateBoolean(options.joinDuplicateHeaders, "options.joinDuplicateHeaders");
  this[kPath] = options.path || "/";
  if (callback) {
    validateFunction(callback, "callback");
    this.once("response", callback);
  }
  this.useChunkedEncodingByDefault = !bodiless.has(this.method);
  this._ended = false;
  this.res = null;
  this.aborted = false;
  this.timeoutCb = null;
  this.upgradeOrConnect = false;
  this.parser = null;
  this.maxHeadersCount = null;
  this.reusedSocket = false;
  this.host = options.host;
  this.protocol = protocol;
  this[kContext] = getContext();
  this[kError] = null;
  decideReuse(this);
  setHeaders(this, options, defaultPort);
  if (Array.isArray(options.uniqueHeaders)) this[kUniqueHeaders] = new Set(options.uniqueHeaders.map((name: unknown) => `${name}`.toLowerCase()));
  if (options.signal) addAbortSignal(options.signal, this);
  if (createdChannel.hasSubscribers) createdChannel.publish({ request: this });
  open(this, { ...options, signal: undefined });
}
Object.setPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ClientRequest, OutgoingMessage);

const proto: any = ClientRequest.prototype;
Object.defineProperty(proto, "path", {
  get(this: any) {
    return this[kPath];
  },
  set(this: any, value: any) {
    const path = String(value);
    if (unsafePath.test(path)) throw new codes.ERR_UNESCAPED_CHARACTERS!("Request path");
    this[kPath] = path;
  },
  enumerable: true,
  configurable: true,
});

// A connection that will not be used again says so.
function decideReuse(request: any): void {
  const { agent } = request;
  if (!agent) return;
  const isUsedAgain = agent.keepAlive || Number.isFinite(agent.maxSockets);
  request._last = !isUsedAgain;
  request.shouldKeepAlive = Boolean(isUsedAgain);
}

function setHeaders(request: any, options: any, defaultPort: unknown): void {
  const { headers } = options;
  const firstLine = (): string => `${request.method} ${request.path} HTTP/1.1\r\n`;
  if (Array.isArray(headers)) {
    request._storeHeader(firstLine(), headers);
    return;
  }
  if (headers) {
    const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
    for (const [name, value] of entries) request.setHeader(name, value);
  }
  const wantsHost = options.setHost ?? options.setDefaultHeaders ?? true;
  if (options.host && !request.getHeader("host") && wantsHost) request.setHeader("Host", hostField(options, defaultPort));
  if (options.setDefaultHeaders === false) {
    request._removedConnection = true;
    request._removedContLen = request._removedTE = true;
  }
  if (options.auth && !request.getHeader("Authorization")) {
    request.setHeader("Authorization", `Basic ${require("node:buffer").Buffer.from(options.auth).toString("base64")}`);
  }
  // The head goes out at once, and the body when the server says so.
  if (request.getHeader("expect")) request._storeHeader(firstLine(), request[kOutHeaders]);
}

function hostField(options: any, defaultPort: unknown): string {
  const { host } = options;
  const isBare = host.includes(":") && host.indexOf(":", host.indexOf(":") + 1) !== -1 && !host.startsWith("[");
  const name = isBare ? `[${host}]` : host;
  return options.port && Number(options.port) !== defaultPort ? `${name}:${options.port}` : name;
}

function open(request: any, options: any): void {
  if (request.agent) {
    request.agent.addRequest(request, options);
    return;
  }
  request._last = true;
  request.shouldKeepAlive = false;
  if (options.socketPath) options.path = options.socketPath;
  else options.path = undefined;
  let isAnswered = false;
  const answer = (error: any, socket?: any): void => {
    if (isAnswered) return;
    isAnswered = true;
    request.onSocket(socket, error);
  };
  try {
    const create = typeof options.createConnection === "function" ? options.createConnection : require("node:net").createConnection;
    const socket = create(options, answer);
    if (socket) answer(null, socket);
  } catch (error) {
    answer(error);
  }
}

proto._finish = function (): void {
  (OutgoingMessage.prototype as any)._finish.call(this);
  if (startChannel.hasSubscribers) startChannel.publish({ request: this });
};
proto._implicitHeader = function (): void {
  if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!("render");
  this._storeHeader(`${this.method} ${this.path} HTTP/1.1\r\n`, this[kOutHeaders]);
};

proto.abort = function (): void {
  if (this.aborted) return;
  this.aborted = true;
  process.nextTick(() => this.emit("abort"));
  this.destroy();
};
proto.destroy = function (error?: any): any {
  if (this.destroyed) return this;
  this.destroyed = true;
  // Whatever arrives from now on is wanted by nobody.
  if (this.res) this.res._dump();
  this[kError] = error;
  if (this.socket) this.socket.destroy(error);
  else if (this.agent && forget(this.agent, this)) process.nextTick(finishDestroyed, this, error);
  return this;
};

proto.onSocket = function (socket: any, error?: any): void {
  process.nextTick(connected, this, socket, error);
};

function connected(request: any, socket: any, error: any): void {
  if (!request.destroyed && !error) {
    attach(request, socket);
    request._flush();
    return;
  }
  request.destroyed = true;
  const reason = request[kError] ?? error;
  if (!socket) {
    finishDestroyed(request, reason);
    return;
  }
  if (!error && request.agent && !socket.destroyed) {
    // Nothing was sent, so another request may have it.
    finishDestroyed(request, reason);
    socket.emit("free");
    return;
  }
  const nobody = (): void => {};
  socket.on("error", nobody);
  socket.destroy(reason);
  const stop = eos(socket, (failure: any) => {
    stop();
    finishDestroyed(request, (failure?.code === "ERR_STREAM_PREMATURE_CLOSE" ? null : failure) ?? reason);
  });
}

proto._deferToConnect = function (method: string | undefined, args: any[], callback?: any): void {
  const call = (): void => {
    if (method) this.socket[method](...args);
    if (typeof callback === "function") callback();
  };
  const whenConnected = (): void => {
    if (this.socket.writable && !this.socket.connecting) call();
    else this.socket.once("connect", call);
  };
  if (this.socket) whenConnected();
  else this.once("socket", whenConnected);
};
proto.setTimeout = function (milliseconds: any, callback?: any): any {
  if (this._ended) return this;
  listenToTimeout(this);
  validateNumber(milliseconds, "msecs");
  if (callback) this.once("timeout", callback);
  if (this.socket) setSocketTimeout(this.socket, milliseconds);
  else this.once("socket", (socket: any) => setSocketTimeout(socket, milliseconds));
  return this;
};
proto.setNoDelay = function (enable?: boolean): void {
  this._deferToConnect("setNoDelay", [enable]);
};
proto.setSocketKeepAlive = function (enable?: boolean, delay?: number): void {
  this._deferToConnect("setKeepAlive", [enable, delay]);
};
proto.clearTimeout = function (callback?: any): void {
  this.setTimeout(0, callback);
};
