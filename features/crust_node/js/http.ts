// `node:http`: servers and requests over `node:net`, and the tables and classes packages name.

import { Agent, globalAgent, setGlobalAgent } from "crust:node/internal/http/agent";
import { validateHeaderName, validateHeaderValue } from "crust:node/internal/http/checks";
import { ClientRequest } from "crust:node/internal/http/client";
import { connectionListener } from "crust:node/internal/http/connection";
import { IncomingMessage } from "crust:node/internal/http/incoming";
import { OutgoingMessage } from "crust:node/internal/http/outgoing";
import { Server } from "crust:node/internal/http/server";
import { ServerResponse } from "crust:node/internal/http/server_response";
import { METHODS, STATUS_CODES } from "crust:node/internal/http_constants";
import { refusedFunctions } from "crust:node/internal/refuse";

export { Agent, ClientRequest, IncomingMessage, METHODS, OutgoingMessage, Server, ServerResponse, STATUS_CODES, validateHeaderName, validateHeaderValue };
/** The longest head that is read, in bytes. */
export const maxHeaderSize = 16384;

const agent: any = globalAgent();
export { agent as globalAgent };

export function request(input: any, options?: any, callback?: any): any {
  return new (ClientRequest as any)(input, options, callback);
}
export function get(input: any, options?: any, callback?: any): any {
  const made = request(input, options, callback);
  made.end();
  return made;
}

/** Callable without `new`, as in Node. */
export function createServer(options?: any, listener?: any): any {
  return new (Server as any)(options, listener);
}

/** The parser is made for each connection and not kept. */
export function setMaxIdleHTTPParsers(most: unknown): void {
  require("crust:node/internal/validators").validateInteger(most, "max", 1);
}

export const { setGlobalProxyFromEnv } = refusedFunctions("http", "setGlobalProxyFromEnv");
export const _connectionListener = connectionListener;
export const { WebSocket, CloseEvent, MessageEvent } = globalThis as any;

const all = {
  _connectionListener, METHODS, STATUS_CODES, Agent, ClientRequest, IncomingMessage, OutgoingMessage, Server, ServerResponse, createServer,
  validateHeaderName, validateHeaderValue, get, request, setMaxIdleHTTPParsers, setGlobalProxyFromEnv, maxHeaderSize, WebSocket,
  CloseEvent, MessageEvent,
};
export default Object.defineProperty(all, "globalAgent", { get: globalAgent, set: setGlobalAgent, enumerable: true, configurable: true });
