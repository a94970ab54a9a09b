// `node:http`: methods, statuses, header checks and the classes packages name. Requests and servers do not exist here
// yet and refuse; `fetch` and `Bun.serve` do.

import * as classes from "crust:node/internal/http_agent";
import * as tables from "crust:node/internal/http_constants";
import { codes } from "crust:node/internal/errors";
import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";

export const { METHODS, STATUS_CODES } = tables;
export const { Agent, ClientRequest, IncomingMessage, OutgoingMessage, ServerResponse } = classes;
export const globalAgent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
export const maxHeaderSize = 16384;

const token = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
// eslint-disable-next-line no-control-regex -- what a header value may not hold
const forbidden = /[^\t\x20-\x7e\x80-\xff]/;

export function validateHeaderName(name: unknown, label = "Header name"): void {
  if (typeof name !== "string" || !name || !token.test(name)) throw Object.assign(new TypeError(`${label} must be a valid HTTP token ["${name}"]`), { code: "ERR_INVALID_HTTP_TOKEN" });
}
export function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined) throw new codes.ERR_HTTP_INVALID_HEADER_VALUE!(value, name);
  if (forbidden.test(String(value))) throw new codes.ERR_INVALID_CHAR!("header content", name);
}

export const { createServer, get, request, setMaxIdleHTTPParsers, setGlobalProxyFromEnv, _connectionListener } = refusedFunctions(
  "http", "createServer", "get", "request", "setMaxIdleHTTPParsers", "setGlobalProxyFromEnv", "_connectionListener",
);
export const { Server } = refusedClasses("http", "Server");
export const { WebSocket, CloseEvent, MessageEvent } = globalThis as any;

export default {
  _connectionListener, METHODS, STATUS_CODES, Agent, ClientRequest, IncomingMessage, OutgoingMessage, Server, ServerResponse, createServer,
  validateHeaderName, validateHeaderValue, get, request, setMaxIdleHTTPParsers, setGlobalProxyFromEnv, maxHeaderSize, globalAgent, WebSocket,
  CloseEvent, MessageEvent,
};
