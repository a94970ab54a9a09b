// `http.OutgoingMessage`: a message as it is written, a request on clients and an answer on servers. What the head says
// of the body and the connection is decided in `outgoing_head.ts`.

import { Buffer } from "crust:node/buffer";
import { bindContext } from "crust:node/internal/async_context";
import { codes } from "crust:node/internal/errors";
import { Stream } from "crust:node/internal/streams/legacy";
import { getDefaultHighWaterMark } from "crust:node/internal/streams/high_water_mark";
import { validateString } from "crust:node/internal/validators";
import { hasInvalidChar, validateHeaderName, validateHeaderValue } from "crust:node/internal/http/checks";
import { kUniqueHeaders, storeHead } from "crust:node/internal/http/outgoing_head";

export const kOutHeaders = Symbol("kOutHeaders");
export const kNeedDrain = Symbol("kNeedDrain");
export const kRejectBodyWrites = Symbol("kRejectBodyWrites");
const kSocket = Symbol("kSocket");
const kErrored = Symbol("kErrored");
const kBytes = Symbol("kBytes");
const kHighWaterMark = Symbol("kHighWaterMark");
const kPieces = Symbol("kPieces");

export { kUniqueHeaders };
const nothing = (): void => {};

export function OutgoingMessage(this: any, options?: any): any {
  if (!(this instanceof (OutgoingMessage as any))) return new (OutgoingMessage as any)(options);
  (Stream as any).call(this);
  // What waits for the connection.
  this.outputData = [];
  this.outputSize = 0;
  this.writable = true;
  this.destroyed = false;
  // Nothing follows on the connection.
  this._last = false;
  this.chunkedEncoding = false;
  this.shouldKeepAlive = true;
  this.maxRequestsOnConnectionReached = false;
  this._defaultKeepAlive = true;
  this.useChunkedEncodingByDefault = true;
  this.sendDate = false;
  this._removedConnection = false;
  this._removedContLen = false;
  this._removedTE = false;
  this.strictContentLength = false;
  this[kBytes] = 0;
  this._contentLength = null;
  this._hasBody = true;
  this._trailer = "";
  this[kNeedDrain] = false;
  this.finished = false;
  this._headerSent = false;
  this._closed = false;
  this[kSocket] = null;
  this._header = null;
  this[kOutHeaders] = null;
  this._keepAliveTimeout = 0;
  this._onPendingData = nothing;
  this[kErrored] = null;
  this[kPieces] = null;
  this[kHighWaterMark] = options?.highWaterMark ?? getDefaultHighWaterMark();
  this[kRejectBodyWrites] = options?.rejectNonStandardBodyWrites ?? false;
}
Object.setPrototypeOf(OutgoingMessage.prototype, Stream.prototype);
Object.setPrototypeOf(OutgoingMessage, Stream);

const proto: any = OutgoingMessage.prototype;

function view(name: string, get: (message: any) => unknown, set?: (message: any, value: any) => void): void {
  const descriptor: any = { get(this: any) { return get(this); }, enumerable: false, configurable: true };
  if (set) descriptor.set = function (this: any, value: any) { set(this, value); };
  Object.defineProperty(proto, name, descriptor);
}
view("errored", (message) => message[kErrored]);
view("closed", (message) => message._closed);
view("writableFinished", (message) => message.finished && message.outputSize === 0 && (!message.socket || message.socket.writableLength === 0));
view("writableObjectMode", () => false);
view("writableLength", (message) => message.outputSize + (message.socket ? message.socket.writableLength : 0));
view("writableHighWaterMark", (message) => (message.socket ? message.socket.writableHighWaterMark : message[kHighWaterMark]));
view("writableCorked", (message) => (message.socket ? message.socket.writableCorked : 0));
view("writableEnded", (message) => message.finished);
view("writableNeedDrain", (message) => !message.destroyed && !message.finished && message[kNeedDrain]);
view("headersSent", (message) => Boolean(message._header));
view("socket", (message) => message[kSocket], (message, socket) => { message[kSocket] = socket; });
view("connection", (message) => message[kSocket], (message, socket) => { message[kSocket] = socket; });

proto._renderHeaders = function (): Record<string, unknown> {
  if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!("render");
  const made: Record<string, unknown> = {};
  for (const [name, value] of this[kOutHeaders]?.values() ?? []) made[name] = value;
  return made;
};
proto.cork = function (): void {
  this[kSocket]?.cork?.();
};
proto.uncork = function (): void {
  this[kSocket]?.uncork?.();
};
proto.setTimeout = function (milliseconds: number, callback?: () => void): any {
  if (callback) this.on("timeout", callback);
  if (this[kSocket]) this[kSocket].setTimeout(milliseconds);
  else this.once("socket", (socket: any) => socket.setTimeout(milliseconds));
  return this;
};

proto.destroy = function (error?: any): any {
  if (this.destroyed) return this;
  this.destroyed = true;
  this[kErrored] = error ?? null;
  if (this[kSocket]) this[kSocket].destroy(error);
  else this.once("socket", (socket: any) => socket.destroy(error));
  return this;
};

// Headers.

function put(message: any, name: string, value: unknown): void {
  (message[kOutHeaders] ??= new Map()).set(name.toLowerCase(), [name, value]);
}

proto.setHeader = function (name: any, value: any): any {
  if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!("set");
  validateHeaderName(name);
  if (Array.isArray(value)) for (const one of value) validateHeaderValue(name, one);
  else validateHeaderValue(name, value);
  put(this, name, value);
  return this;
};
proto.setHeaders = function (headers: any): any {
  if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!("set");
  if (!headers || Array.isArray(headers) || typeof headers.keys !== "function" || typeof headers.get !== "function") {
    throw new codes.ERR_INVALID_ARG_TYPE!("headers", ["Headers", "Map"], headers);
  }
  // A Headers lists each cookie by itself; they are set together.
  const cookies: string[] = [];
  for (const [name, value] of headers) {
    if (name === "set-cookie" && !Array.isArray(value)) cookies.push(value);
    else this.setHeader(name, value);
  }
  if (cookies.length > 0) this.setHeader("set-cookie", cookies);
  return this;
};
proto.appendHeader = function (name: any, value: any): any {
  if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!("append");
  validateHeaderName(name);
  for (const one of Array.isArray(value) ? value : [value]) validateHeaderValue(name, one);
  const known = this[kOutHeaders]?.get(name.toLowerCase());
  if (known === undefined) put(this, name, value);
  else known[1] = ([] as unknown[]).concat(known[1], value);
  return this;
};
proto.getHeader = function (name: any): any {
  validateString(name, "name");
  return this[kOutHeaders]?.get(name.toLowerCase())?.[1];
};
proto.getHeaderNames = function (): string[] {
  return [...(this[kOutHeaders]?.keys() ?? [])];
};
proto.getRawHeaderNames = function (): string[] {
  return [...(this[kOutHeaders]?.values() ?? [])].map(([name]: [string]) => name);
};
proto.getHeaders = function (): Record<string, any> {
  const made = Object.create(null);
  for (const [key, [, value]] of this[kOutHeaders] ?? []) made[key] = value;
  return made;
};
proto.hasHeader = function (name: any): boolean {
  validateString(name, "name");
  return this[kOutHeaders]?.has(name.toLowerCase()) === true;
};
proto.removeHeader = function (name: any): void {
  validateString(name, "name");
  if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!("remove");
  const key = name.toLowerCase();
  if (key === "connection") this._removedConnection = true;
  else if (key === "content-length") this._removedContLen = true;
  else if (key === "transfer-encoding") this._removedTE = true;
  else if (key === "date") this.sendDate = false;
  this[kOutHeaders]?.delete(key);
};
proto._implicitHeader = function (): void {
  throw new codes.ERR_METHOD_NOT_IMPLEMENTED!("_implicitHeader()");
};
proto._storeHeader = function (firstLine: string, headers: unknown): void {
  storeHead(this, firstLine, headers);
};
proto.flushHeaders = function (): void {
  if (!this._header) this._implicitHeader();
  this._send("");
};

proto.addTrailers = function (headers: any): void {
  this._trailer = "";
  const fields: [any, any][] = Array.isArray(headers) ? headers : Object.entries(headers);
  for (const [name, value] of fields) {
    validateHeaderName(name, "Trailer name");
    for (const one of Array.isArray(value) && value.length > 1 ? value : [value]) {
      if (hasInvalidChar(String(one))) throw new codes.ERR_INVALID_CHAR!("trailer content", name);
      this._trailer += `${name}: ${one}\r\n`;
    }
  }
};

// Writing.

/** Bytes behind the head, which goes out with the first of them. */
proto._send = function (data: any, encoding?: any, callback?: any, length?: number): boolean {
  if (!this._headerSent && this._header !== null) {
    const head = this._header;
    if (typeof data === "string" && (encoding === "utf8" || encoding === "latin1" || !encoding)) data = head + data;
    else {
      this.outputData.unshift({ data: head, encoding: "latin1", callback: null });
      this.outputSize += head.length;
      this._onPendingData(head.length);
    }
    this._headerSent = true;
  }
  return this._writeRaw(data, encoding, callback, length);
};

proto._writeRaw = function (data: any, encoding?: any, callback?: any, length?: number): boolean {
  const socket = this[kSocket];
  if (socket?.destroyed) return false;
  if (typeof encoding === "function") [callback, encoding] = [encoding, null];
  if (socket && socket._httpMessage === this && socket.writable) {
    if (this.outputData.length > 0) this._flushOutput(socket);
    return socket.write(data, encoding, callback);
  }
  this.outputData.push({ data, encoding, callback });
  this.outputSize += length ?? data.length;
  this._onPendingData(length ?? data.length);
  return this.outputSize < this[kHighWaterMark];
};

function toldError(message: any, error: any, callback: any): void {
  if (typeof callback === "function") process.nextTick(callback, error);
  process.nextTick(() => {
    if (typeof message.emit === "function" && !message.destroyed) message.emit("error", error);
  });
}

// False when the piece cannot be written any more.
function checkWrite(message: any, chunk: any, callback: any): boolean {
  if (chunk === null) throw new codes.ERR_STREAM_NULL_VALUES!();
  if (typeof chunk !== "string" && !(chunk instanceof Uint8Array)) throw new codes.ERR_INVALID_ARG_TYPE!("chunk", ["string", "Buffer", "Uint8Array"], chunk);
  let error: any;
  if (message.finished) error = new codes.ERR_STREAM_WRITE_AFTER_END!();
  else if (message.destroyed) error = new codes.ERR_STREAM_DESTROYED!("write");
  if (error === undefined) return true;
  if (message.destroyed) {
    // As where nobody hears of a connection that is gone.
    if (typeof callback === "function") process.nextTick(callback, error);
  } else toldError(message, error, callback);
  return false;
}

function lengthOf(chunk: any, encoding: any): number {
  return typeof chunk === "string" ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
}

function countStrictly(message: any, length: number, ends: boolean): void {
  message[kBytes] += length;
  const told = message._contentLength;
  if (!message.strictContentLength || told === null || !message._hasBody) return;
  if (ends ? message[kBytes] !== told : message[kBytes] > told) throw new codes.ERR_HTTP_CONTENT_LENGTH_MISMATCH!(message[kBytes], told);
}

/** Pieces of one turn, which become one chunk. */
class Pieces {
  list: { chunk: any; encoding: any; callback: any; length: number }[] = [];
  length = 0;
}

function sendPieces(message: any): boolean {
  const pieces: Pieces | null = message[kPieces];
  if (pieces === null) return true;
  message[kPieces] = null;
  const size = `${pieces.length.toString(16)}\r\n`;
  const [first] = pieces.list;
  if (pieces.list.length === 1 && typeof first!.chunk === "string" && (!first!.encoding || first!.encoding === "utf8")) {
    return message._send(`${size}${first!.chunk}\r\n`, first!.encoding, first!.callback, pieces.length);
  }
  const socket = message[kSocket];
  socket?.cork?.();
  message._send(size, "latin1", null);
  for (const { chunk, encoding, callback, length } of pieces.list) message._send(chunk, encoding, callback, length);
  const hasRoom = message._send("\r\n", "latin1", null);
  socket?.uncork?.();
  return hasRoom;
}

function sendPiecesLater(message: any): void {
  // Whoever waits for room is told when there is some.
  if (!sendPieces(message) || message.destroyed || message.finished || !message[kNeedDrain]) return;
  message[kNeedDrain] = false;
  message.emit("drain");
}

// The bytes of a piece in the way the head told of.
function sendBody(message: any, chunk: any, encoding: any, callback: any, length: number, ends: boolean): boolean {
  if (!message.chunkedEncoding || length === 0) return message._send(chunk, encoding, callback, length);
  if (message[kPieces] === null) {
    message[kPieces] = new Pieces();
    if (!ends) process.nextTick(sendPiecesLater, message);
  }
  const pieces: Pieces = message[kPieces];
  pieces.list.push({ chunk, encoding, callback, length });
  pieces.length += length;
  if (ends || !message[kSocket] || pieces.length + message.writableLength >= message.writableHighWaterMark) return sendPieces(message);
  return true;
}

const uncork = (socket: any): void => socket.uncork();

function write(message: any, chunk: any, encoding: any, callback: any, ends: boolean): boolean {
  if (typeof callback !== "function") callback = nothing;
  if (!checkWrite(message, chunk, callback)) return false;
  const length = lengthOf(chunk, encoding);
  if (!message._header) {
    if (ends) message._contentLength = length;
    message._implicitHeader();
  }
  if (!message._hasBody) {
    if (message[kRejectBodyWrites]) throw new codes.ERR_HTTP_BODY_NOT_ALLOWED!();
    process.nextTick(callback);
    return true;
  }
  if (!ends) countStrictly(message, length, false);
  const socket = message[kSocket];
  // What a program writes in one turn goes out together.
  if (!ends && socket && !socket.writableCorked && typeof socket.cork === "function") {
    socket.cork();
    process.nextTick(uncork, socket);
  }
  // An empty piece of a chunked body would be its end.
  if (length === 0 && message.chunkedEncoding) {
    if (!message._headerSent) return message._send("", "latin1", callback);
    process.nextTick(callback);
    return true;
  }
  return sendBody(message, chunk, encoding, callback, length, ends);
}

proto.write = function (chunk: any, encoding?: any, callback?: any): boolean {
  if (typeof encoding === "function") [callback, encoding] = [encoding, null];
  const hasRoom = write(this, chunk, encoding, callback, false);
  if (!hasRoom) this[kNeedDrain] = true;
  return hasRoom;
};

proto.end = function (chunk?: any, encoding?: any, callback?: any): any {
  if (typeof chunk === "function") [callback, chunk, encoding] = [chunk, null, null];
  else if (typeof encoding === "function") [callback, encoding] = [encoding, null];
  if (chunk === undefined) chunk = null;
  if (this.finished) return endAgain(this, chunk, callback);
  const socket = this[kSocket];
  const corks = socket && typeof socket.cork === "function";
  if (corks) socket.cork();
  try {
    if (chunk !== null) {
      write(this, chunk, encoding, null, true);
      countStrictly(this, lengthOf(chunk, encoding), true);
    } else {
      if (!this._header) {
        this._contentLength = 0;
        this._implicitHeader();
      }
      countStrictly(this, 0, true);
    }
  } catch (error) {
    // The program may give the connection up before anything of this goes out.
    if (corks) process.nextTick(uncork, socket);
    throw error;
  }
  sendPieces(this);
  if (typeof callback === "function") this.once("finish", callback);
  const finished = bindContext((error?: any): void => {
    if (error && (this[kSocket]?._hadError || this.destroyed)) return;
    this.emit("finish");
  });
  if (this._hasBody && this.chunkedEncoding) this._send(`0\r\n${this._trailer}\r\n`, "latin1", finished);
  else if (!this._headerSent || this.writableLength > 0 || chunk !== null) this._send("", "latin1", finished);
  else process.nextTick(finished);
  // Everything up to here goes out now, also what writes of this turn hold back.
  if (corks) {
    socket.uncork();
    while (socket.writableCorked > 0) socket.uncork();
  }
  this.finished = true;
  // All of it is on its way: whoever waits for the connection may go on.
  if (this.outputData.length === 0 && this[kSocket] && this[kSocket]._httpMessage === this) this._finish();
  return this;
};

function endAgain(message: any, chunk: any, callback: any): any {
  if (chunk !== null) {
    toldError(message, new codes.ERR_STREAM_WRITE_AFTER_END!(), callback);
    return message;
  }
  if (typeof callback === "function") {
    if (message.writableFinished) callback(new codes.ERR_STREAM_ALREADY_FINISHED!("end"));
    else message.on("finish", callback);
  }
  return message;
}

proto._finish = function (): void {
  this.emit("prefinish");
};

/** The connection has room. */
proto._flush = function (): void {
  const socket = this[kSocket];
  if (!socket?.writable) return;
  const hasRoom = this._flushOutput(socket);
  if (this.finished) this._finish();
  else if (hasRoom && this[kNeedDrain]) {
    this[kNeedDrain] = false;
    this.emit("drain");
  }
};

proto._flushOutput = function (socket: any): boolean {
  const waiting = this.outputData;
  if (waiting.length === 0) return true;
  this.outputData = [];
  const size = this.outputSize;
  this.outputSize = 0;
  let hasRoom = true;
  socket.cork?.();
  for (const { data, encoding, callback } of waiting) hasRoom = socket.write(data, encoding, callback ?? undefined);
  socket.uncork?.();
  this._onPendingData(-size);
  return hasRoom;
};

proto.pipe = function (): void {
  this.emit("error", new codes.ERR_STREAM_CANNOT_PIPE!());
};
proto[Symbol.for("nodejs.rejection")] = function (error: unknown): void {
  this.destroy(error);
};
proto[Symbol.asyncDispose] = async function (): Promise<void> {
  if (!this.destroyed) this.destroy();
};
