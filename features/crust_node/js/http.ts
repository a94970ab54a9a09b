// `node:http`: servers over `Bun.serve`, requests over `fetch`, and the tables and classes packages name.

import { callable } from "crust:node/internal/callable";
import { codes } from "crust:node/internal/errors";
import * as client from "crust:node/internal/http_client";
import * as tables from "crust:node/internal/http_constants";
import * as messages from "crust:node/internal/http_message";
import * as servers from "crust:node/internal/http_server";
import { refusedFunctions } from "crust:node/internal/refuse";

export const { METHODS, STATUS_CODES } = tables;
export const { validateHeaderName, validateHeaderValue } = messages;
export const Agent = callable(messages.Agent);
export const IncomingMessage = callable(messages.IncomingMessage);
export const OutgoingMessage = callable(messages.OutgoingMessage);
export const Server = callable(servers.Server);
export const ServerResponse = callable(servers.ServerResponse);
export const ClientRequest = callable(client.ClientRequest);
export const maxHeaderSize = 16384;

let agent: any = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
export { agent as globalAgent };
export const { request, get } = client.makeRequest(() => ({ protocol: "http:", agent }));

/** Callable without `new`, as in Node. */
export function createServer(options?: any, listener?: any): any {
  return new Server(options, listener);
}

export const { setMaxIdleHTTPParsers, setGlobalProxyFromEnv, _connectionListener } = refusedFunctions(
  "http", "setMaxIdleHTTPParsers", "setGlobalProxyFromEnv", "_connectionListener",
);
export const { WebSocket, CloseEvent, MessageEvent } = globalThis as any;

const all = {
  _connectionListener, METHODS, STATUS_CODES, Agent, ClientRequest, IncomingMessage, OutgoingMessage, Server, ServerResponse, createServer,
  validateHeaderName, validateHeaderValue, get, request, setMaxIdleHTTPParsers, setGlobalProxyFromEnv, maxHeaderSize, WebSocket,
  CloseEvent, MessageEvent,
};
export default Object.defineProperty(all, "globalAgent", {
  get: () => agent,
  set(value: any) {
    if (!(value instanceof Agent)) throw new codes.ERR_INVALID_ARG_TYPE!("agent", "Agent", value);
    agent = value;
  },
  enumerable: true,
  configurable: true,
});
