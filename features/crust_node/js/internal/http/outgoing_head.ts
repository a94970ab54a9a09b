// The text of a message's head: its fields, and what they leave open about the body's length and the connection.

import { codes } from "crust:node/internal/errors";
import { chunkExpression, dateNow, validateHeaderName, validateHeaderValue } from "crust:node/internal/http/checks";

/** Fields of which a list is one field. */
export const kUniqueHeaders = Symbol("kUniqueHeaders");

/** What the fields of a head said. */
class Said {
  text = "";
  connection = false;
  length = false;
  coding = false;
  date = false;
  expect = false;
  trailer = false;
}

function note(message: any, said: Said, key: string, value: any): void {
  switch (key) {
    case "connection":
      said.connection = true;
      message._removedConnection = false;
      if (/(?:^|\W)close(?:$|\W)/i.test(value)) message._last = true;
      else message.shouldKeepAlive = true;
      break;
    case "transfer-encoding":
      said.coding = true;
      message._removedTE = false;
      if (chunkExpression.test(value)) message.chunkedEncoding = true;
      break;
    case "content-length":
      said.length = true;
      message._contentLength = Number(value);
      message._removedContLen = false;
      break;
    case "date":
    case "expect":
    case "trailer":
      said[key] = true;
      break;
    case "keep-alive":
      message._defaultKeepAlive = false;
  }
}

function line(message: any, said: Said, name: string, value: any, isChecked: boolean): void {
  if (isChecked) validateHeaderValue(name, value);
  said.text += `${name}: ${value}\r\n`;
  // Only short names of these lengths decide anything.
  if (name.length <= 17) note(message, said, name.toLowerCase(), value);
}

function add(message: any, said: Said, name: string, value: any, isChecked: boolean): void {
  if (isChecked) validateHeaderName(name);
  if (!Array.isArray(value)) {
    line(message, said, name, value, isChecked);
    return;
  }
  const isOneField = (value.length > 1 && name.toLowerCase() === "cookie") || message[kUniqueHeaders]?.has(name.toLowerCase());
  if (isOneField) line(message, said, name, value.join("; "), isChecked);
  else for (const one of value) line(message, said, name, one, isChecked);
}

// Fields as a message keeps them, as `writeHead` and `request` take them: a Map, an object, pairs or a flat list.
function addAll(message: any, said: Said, headers: any): void {
  if (!headers) return;
  if (headers instanceof Map) {
    for (const [name, value] of headers.values()) add(message, said, name, value, false);
  } else if (!Array.isArray(headers)) {
    for (const name of Object.keys(headers)) add(message, said, name, headers[name], true);
  } else if (Array.isArray(headers[0])) {
    for (const [name, value] of headers) add(message, said, name, value, true);
  } else {
    if (headers.length % 2 !== 0) throw new codes.ERR_INVALID_ARG_VALUE!("headers", headers);
    for (let index = 0; index < headers.length; index += 2) add(message, said, headers[index], headers[index + 1], true);
  }
}

function connectionLines(message: any, said: Said): void {
  if (message._removedConnection) {
    // Nothing is said, and whether it stays open is known all the same.
    message._last = !message.shouldKeepAlive;
    return;
  }
  if (said.connection) return;
  const stays = message.shouldKeepAlive && (said.length || message.useChunkedEncodingByDefault || message.agent);
  if (stays && message.maxRequestsOnConnectionReached) {
    said.text += "Connection: close\r\n";
  } else if (stays) {
    said.text += "Connection: keep-alive\r\n";
    if (message._keepAliveTimeout && message._defaultKeepAlive) {
      const most = Math.trunc(message._maxRequestsPerSocket) > 0 ? `, max=${message._maxRequestsPerSocket}` : "";
      said.text += `Keep-Alive: timeout=${Math.floor(message._keepAliveTimeout / 1000)}${most}\r\n`;
    }
  } else {
    message._last = true;
    said.text += "Connection: close\r\n";
  }
}

function lengthLines(message: any, said: Said): void {
  if (said.length || said.coding) return;
  if (!message._hasBody) message.chunkedEncoding = false;
  else if (!message.useChunkedEncodingByDefault) message._last = true;
  else if (!said.trailer && !message._removedContLen && typeof message._contentLength === "number") said.text += `Content-Length: ${message._contentLength}\r\n`;
  else if (message._removedTE) {
    // Only the end of the connection says where the body ends.
    message._last = true;
  } else {
    said.text += "Transfer-Encoding: chunked\r\n";
    message.chunkedEncoding = true;
  }
}

/** Decides the head of a message; it goes out with the first bytes of the body, or at once where an answer is awaited. */
export function storeHead(message: any, firstLine: string, headers: unknown): void {
  const said = new Said();
  said.text = firstLine;
  addAll(message, said, headers);
  if (message.sendDate && !said.date) said.text += `Date: ${dateNow()}\r\n`;
  if (message.chunkedEncoding && (message.statusCode === 204 || message.statusCode === 304)) {
    // Such an answer has no body, and a peer that believed in one would wait for its end.
    message.chunkedEncoding = false;
    message.shouldKeepAlive = false;
  }
  connectionLines(message, said);
  lengthLines(message, said);
  if (said.trailer && !message.chunkedEncoding) throw new codes.ERR_HTTP_TRAILER_INVALID!();
  message._header = `${said.text}\r\n`;
  message._headerSent = false;
  if (said.expect) message._send("");
}
