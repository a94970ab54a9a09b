// `http.Server`: a `net.Server` whose connections speak HTTP. What a connection does is in `connection.ts`.

import { Server as NetServer } from "node:net";
import * as native from "crust:ops/net";
import { codes } from "crust:node/internal/errors";
import { validateBoolean, validateFunction, validateInteger, validateObject } from "crust:node/internal/validators";
import { refuseLenient } from "crust:node/internal/http/checks";
import { connectionListener, kConnections, kIncomingMessage, kServerResponse, kUniqueNames } from "crust:node/internal/http/connection";
import type { Connection } from "crust:node/internal/http/connection";
import { IncomingMessage } from "crust:node/internal/http/incoming";
import { ServerResponse } from "crust:node/internal/http/server_response";

const kCheck = Symbol("kCheck");

function number(options: any, name: string, otherwise: number): number {
  const value = options[name];
  if (value === undefined) return otherwise;
  validateInteger(value, name, 0);
  return value;
}

function boolean(options: any, name: string, otherwise: boolean | undefined): any {
  const value = options[name];
  if (value === undefined) return otherwise;
  validateBoolean(value, `options.${name}`);
  return value;
}

/** The names of `uniqueHeaders` in small letters. */
export function parseUniqueHeadersOption(names: unknown): Set<string> | null {
  if (!Array.isArray(names)) return null;
  return new Set(names.map((name) => `${name}`.toLowerCase()));
}

/** The options of HTTP in a server's options. */
export function storeHTTPOptions(this: any, options: any): void {
  refuseLenient(options);
  this[kIncomingMessage] = options.IncomingMessage || IncomingMessage;
  this[kServerResponse] = options.ServerResponse || ServerResponse;
  this.maxHeaderSize = options.maxHeaderSize;
  if (options.maxHeaderSize !== undefined) validateInteger(options.maxHeaderSize, "maxHeaderSize", 0);
  this.insecureHTTPParser = options.insecureHTTPParser;
  this.requestTimeout = number(options, "requestTimeout", 300_000);
  this.headersTimeout = number(options, "headersTimeout", Math.min(60_000, this.requestTimeout || 60_000));
  if (this.requestTimeout > 0 && this.headersTimeout > this.requestTimeout) throw new codes.ERR_OUT_OF_RANGE!("headersTimeout", "<= requestTimeout", this.headersTimeout);
  this.keepAliveTimeout = number(options, "keepAliveTimeout", 5000);
  this.keepAliveTimeoutBuffer = number(options, "keepAliveTimeoutBuffer", 1000);
  this.connectionsCheckingInterval = number(options, "connectionsCheckingInterval", 30_000);
  this.requireHostHeader = boolean(options, "requireHostHeader", true);
  this.joinDuplicateHeaders = boolean(options, "joinDuplicateHeaders", undefined);
  this.rejectNonStandardBodyWrites = boolean(options, "rejectNonStandardBodyWrites", false);
  if (options.shouldUpgradeCallback !== undefined) validateFunction(options.shouldUpgradeCallback, "options.shouldUpgradeCallback");
  this.shouldUpgradeCallback = options.shouldUpgradeCallback ?? function (this: any): boolean { return this.listenerCount("upgrade") > 0; };
}

/** What every server of HTTP has beside its sockets. */
export function setUp(server: any, options: any, listener: any): void {
  storeHTTPOptions.call(server, options);
  server[kConnections] = new Set<Connection>();
  server[kUniqueNames] = parseUniqueHeadersOption(options.uniqueHeaders);
  if (listener) server.on("request", listener);
  // Programs that end their side after the request still want an answer, unless they are told otherwise.
  server.httpAllowHalfOpen = false;
  server.timeout = 0;
  server.maxHeadersCount = null;
  server.maxRequestsPerSocket = 0;
  server.on("listening", function (this: any) {
    setupConnectionsTracking.call(this);
  });
}

export function readArgs(options: any, listener: any): [any, any] {
  if (typeof options === "function") return [{}, options];
  if (options === undefined || options === null) return [{}, listener];
  validateObject(options, "options");
  return [{ ...options }, listener];
}

export function Server(this: any, options?: any, listener?: any): any {
  if (!(this instanceof (Server as any))) return new (Server as any)(options, listener);
  const [given, called] = readArgs(options, listener);
  (NetServer as any).call(this, {
    allowHalfOpen: true, noDelay: given.noDelay ?? true, keepAlive: given.keepAlive, keepAliveInitialDelay: given.keepAliveInitialDelay,
    highWaterMark: given.highWaterMark, pauseOnConnect: given.pauseOnConnect, blockList: given.blockList,
  });
  setUp(this, given, called);
  this.on("connection", connectionListener);
}
Object.setPrototypeOf(Server.prototype, (NetServer as any).prototype);
Object.setPrototypeOf(Server, NetServer);

/** Requests that take too long are looked for now and then. */
export function setupConnectionsTracking(this: any): void {
  this[kConnections] ??= new Set<Connection>();
  if (this[kCheck]) clearInterval(this[kCheck]);
  if (!this.connectionsCheckingInterval) return;
  this[kCheck] = setInterval(() => {
    const now = Date.now();
    for (const connection of [...this[kConnections]] as Connection[]) if (connection.isLate(now)) connection.timeOut();
  }, this.connectionsCheckingInterval);
  this[kCheck].unref();
}

/** Milliseconds in which a request that is on its way may arrive when the server stops. */
const EXPECTED = 1000;

export function httpServerPreClose(server: any): void {
  clearInterval(server[kCheck]);
  const isReplaced = native.listenerIsShared();
  if (!isReplaced) server.closeIdleConnections();
  // Where another process takes over, a request on a kept connection is still answered; its answer ends the connection.
  const expecting = ([...server[kConnections]] as Connection[]).filter((one) => one.isFresh || (isReplaced && one.isIdle));
  if (expecting.length === 0) return;
  setTimeout(() => {
    for (const one of expecting) if (one.isFresh || one.isIdle) one.socket.destroy();
  }, EXPECTED);
}

/** What servers of HTTP and HTTPS do alike. */
export const shared: Record<string, any> = {
  closeAllConnections(this: any): void {
    for (const connection of [...this[kConnections]] as Connection[]) connection.socket.destroy();
  },
  closeIdleConnections(this: any): void {
    for (const connection of [...this[kConnections]] as Connection[]) if (connection.isIdle) connection.socket.destroy();
  },
  setTimeout(this: any, milliseconds: number, callback?: () => void): any {
    this.timeout = milliseconds;
    if (callback) this.on("timeout", callback);
    return this;
  },
  [Symbol.for("nodejs.rejection")](this: any, error: unknown, event: string, ...args: any[]): void {
    const response = args[1];
    if (event !== "request" || typeof response?.writeHead !== "function") {
      (NetServer as any).prototype[Symbol.for("nodejs.rejection")].call(this, error, event, ...args);
      return;
    }
    if (response.headersSent || response.writableEnded) {
      response.destroy();
      return;
    }
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.end("Internal Server Error");
  },
};
const proto: any = Server.prototype;
for (const key of Reflect.ownKeys(shared)) Object.defineProperty(proto, key, { value: (shared as any)[key], writable: true, configurable: true });

proto.close = function (callback?: any): any {
  httpServerPreClose(this);
  return (NetServer as any).prototype.close.call(this, callback);
};
