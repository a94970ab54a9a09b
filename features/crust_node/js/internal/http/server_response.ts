// `http.ServerResponse`: the answer to a request. The connection gives it its socket when those before it are out.

import { channel } from "crust:node/diagnostics_channel";
import { codes } from "crust:node/internal/errors";
import { STATUS_CODES } from "crust:node/internal/http_constants";
import { validateInteger, validateObject } from "crust:node/internal/validators";
import { chunkExpression, hasInvalidChar, validateHeaderName, validateHeaderValue } from "crust:node/internal/http/checks";
import { kOutHeaders, OutgoingMessage } from "crust:node/internal/http/outgoing";

const finished = channel("http.server.response.finish");

export function ServerResponse(this: any, req?: any, options?: any): any {
  if (!(this instanceof (ServerResponse as any))) return new (ServerResponse as any)(req, options);
  (OutgoingMessage as any).call(this, options);
  if (req?.method === "HEAD") this._hasBody = false;
  this.req = req;
  this.sendDate = true;
  this._sent100 = false;
  this._expect_continue = false;
  if (req?.httpVersionMajor < 1 || req?.httpVersionMinor < 1) {
    this.useChunkedEncodingByDefault = chunkExpression.test(req.headers?.te);
    this.shouldKeepAlive = false;
  }
}
Object.setPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ServerResponse, OutgoingMessage);

const proto: any = ServerResponse.prototype;
proto.statusCode = 200;
proto.statusMessage = undefined;

proto._finish = function (): void {
  if (finished.hasSubscribers) finished.publish({ request: this.req, response: this, socket: this.socket, server: this.socket?.server });
  (OutgoingMessage.prototype as any)._finish.call(this);
};

export function emitClose(response: any): void {
  if (response._closed) return;
  response.destroyed = true;
  response._closed = true;
  response.emit("close");
}

function socketClosed(this: any): void {
  // The message is whichever the connection is busy with.
  if (this._httpMessage) emitClose(this._httpMessage);
}

proto.assignSocket = function (socket: any): void {
  if (socket._httpMessage) throw new codes.ERR_HTTP_SOCKET_ASSIGNED!();
  socket._httpMessage = this;
  socket.on("close", socketClosed);
  this.socket = socket;
  this.emit("socket", socket);
  this._flush();
};
proto.detachSocket = function (socket: any): void {
  socket.removeListener("close", socketClosed);
  socket._httpMessage = null;
  this.socket = null;
};

// Answers before the answer.

function informationLines(headers: any): string {
  let text = "";
  for (const [name, value] of Array.isArray(headers) ? pairsOf(headers) : Object.entries(headers)) {
    validateHeaderName(name);
    for (const one of ([] as any[]).concat(value)) {
      validateHeaderValue(name, one);
      text += `${name}: ${one}\r\n`;
    }
  }
  return text;
}

function* pairsOf(flat: any[]): Generator<[string, any]> {
  if (Array.isArray(flat[0])) yield* flat;
  else for (let index = 0; index < flat.length; index += 2) yield [flat[index], flat[index + 1]];
}

proto.writeInformation = function (status: any, headers?: any, callback?: any): void {
  if (typeof headers === "function") [callback, headers] = [headers, undefined];
  validateInteger(status, "statusCode", 100, 199);
  if (status === 101) throw new codes.ERR_HTTP_INVALID_STATUS_CODE!(status);
  if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!("write");
  this._writeRaw(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "unknown"}\r\n${headers ? informationLines(headers) : ""}\r\n`, "latin1", callback);
};
proto.writeContinue = function (callback?: any): void {
  this._writeRaw("HTTP/1.1 100 Continue\r\n\r\n", "latin1", callback);
  this._sent100 = true;
};
proto.writeProcessing = function (callback?: any): void {
  this._writeRaw("HTTP/1.1 102 Processing\r\n\r\n", "latin1", callback);
};

const link = /^(?:<[^>]*>)(?:\s*;\s*[^;"\s]+(?:=(")?[^;"\s]*\1)?)*$/;
function checkLink(value: unknown): void {
  if (typeof value === "string" && link.test(value)) return;
  throw new codes.ERR_INVALID_ARG_VALUE!("hints", value, 'must be an array or string of format "</styles.css>; rel=preload; as=style"');
}

proto.writeEarlyHints = function (hints: any, callback?: any): void {
  validateObject(hints, "hints");
  if (hints.link === null || hints.link === undefined) return;
  const links = ([] as any[]).concat(hints.link);
  if (links.length === 0) return;
  for (const one of links) for (const part of String(one).split(/,(?=\s*<)/)) checkLink(typeof one === "string" ? part.trim() : one);
  const { link: _, ...others } = hints;
  this._writeRaw(`HTTP/1.1 103 Early Hints\r\nLink: ${links.join(", ")}\r\n${informationLines(others)}\r\n`, "latin1", callback);
};

proto._implicitHeader = function (): void {
  // By its own method: middleware replaces it to see the head before it goes out.
  this.writeHead(this.statusCode);
};

// Fields of `writeHead` over those that were set before.
function mergeHeaders(message: any, given: any): void {
  if (!Array.isArray(given)) {
    for (const name of Object.keys(given)) if (name) message.setHeader(name, given[name]);
    return;
  }
  if (!Array.isArray(given[0]) && given.length % 2 !== 0) throw new codes.ERR_INVALID_ARG_VALUE!("headers", given);
  const pairs = [...pairsOf(given)];
  for (const [name] of pairs) message[kOutHeaders]?.delete(`${name}`.toLowerCase());
  for (const [name, value] of pairs) if (name) message.appendHeader(name, value);
}

proto.writeHead = function (status: any, reason?: any, headers?: any): any {
  if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!("write");
  const code = status | 0;
  if (code < 100 || code > 999) throw new codes.ERR_HTTP_INVALID_STATUS_CODE!(status);
  if (typeof reason === "string") this.statusMessage = reason;
  else {
    this.statusMessage ||= STATUS_CODES[code] || "unknown";
    headers ??= reason;
  }
  this.statusCode = code;
  let fields = headers;
  if (this[kOutHeaders]) {
    if (headers) mergeHeaders(this, headers);
    fields = this[kOutHeaders];
  }
  if (hasInvalidChar(this.statusMessage)) throw new codes.ERR_INVALID_CHAR!("statusMessage");
  if (code === 204 || code === 304 || code < 200) this._hasBody = false;
  // A client that waits for leave to send its body may send it or not: nobody could tell what follows.
  if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false;
  this._storeHeader(`HTTP/1.1 ${code} ${this.statusMessage}\r\n`, fields);
  return this;
};
proto.writeHeader = proto.writeHead;
