// Bun.serve: the server object. Options are checked in options.ts, routes compiled in routes.ts, requests answered in
// dispatch.ts. Sockets and HTTP framing are natives.

import { debugging } from "crust:ops/config_api";
import * as ops from "crust:ops/http";
import { Dispatcher } from "crust:http/dispatch";
import type { Answers, Finished } from "crust:http/dispatch";
import { incomingOf } from "crust:http/served_request";
import { checkHandlers, compressionOf, idleTimeoutOf, invalid, isDevelopment, maxBodyOf, portOf, tlsOf } from "crust:http/options";
import type { ServeOptions } from "crust:http/options";
import { compileRoutes } from "crust:http/routes";
import type { RouteTable } from "crust:http/routes";
import { Request } from "crust:web/request";
import type { SocketHub, WebSocketOptions } from "crust:websocket/server_socket";
import type { UpgradeOptions } from "crust:http/upgrade";

interface Address {
  address: string;
  family: string;
  port: number;
}

const EMPTY_TABLE: RouteTable = { table: [], handlers: [], patterns: [] };

// Loaded by servers that speak WebSocket.
function hubOf(options: ServeOptions): SocketHub | undefined {
  if (options.websocket === undefined || options.websocket === null) return undefined;
  const { SocketHub } = require("crust:websocket/server_socket") as typeof import("crust:websocket/server_socket");
  return new SocketHub(options.websocket as WebSocketOptions);
}

export class Server {
  #id: number;
  #dispatcher: Dispatcher;
  #unix: string | undefined;
  #hub: SocketHub | undefined;
  #stopped: Promise<void> | undefined;
  readonly development: boolean;
  readonly id: string;
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  readonly url: URL;
  readonly protocol: "http" | "https";

  constructor(options: ServeOptions) {
    checkHandlers(options);
    this.#hub = hubOf(options);
    const routes = options.routes === undefined ? EMPTY_TABLE : compileRoutes(options.routes);
    const compression = compressionOf(options);
    const tls = tlsOf(options);
    this.development = isDevelopment(options);
    const dispatcher = new Dispatcher(this, answersOf(options, routes), compression !== undefined, finishedOf(options));
    this.#dispatcher = dispatcher;
    const hostname = options.hostname ?? "0.0.0.0";
    this.#unix = options.unix;
    const [id, words] = ops.listen(
      {
        hostname,
        port: options.unix === undefined ? portOf(options) : 0,
        reusePort: options.reusePort === true,
        ipv6Only: options.ipv6Only === true,
        unix: options.unix,
        idleTimeout: idleTimeoutOf(options),
        maxBody: maxBodyOf(options),
        tls,
        compression,
      },
      dispatcher.requests,
      dispatcher.drained,
      dispatcher.aborted,
      dispatcher.bodyArrived,
    ) as [number, Uint32Array];
    this.#id = id;
    dispatcher.start(id, words);
    if (routes.table.length > 0) ops.setRoutes(id, routes.table);
    this.id = options.id ?? "";
    this.protocol = tls === undefined ? "http" : "https";
    this.hostname = options.unix === undefined ? (hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname) : undefined;
    this.port = options.unix === undefined ? (ops.serverPort(id) as number) : undefined;
    dispatcher.origin = options.unix === undefined ? `${this.protocol}://${hostOf(this.hostname!)}:${this.port}` : `${this.protocol}://localhost`;
    if (debugging()) this.#debug(words);
    this.url = options.unix === undefined ? new URL(`${dispatcher.origin}/`) : new URL(`unix://${options.unix}`);
  }

  #debug(words: Uint32Array): void {
    const { assert, debug } = require("crust:config_api/debug") as typeof import("crust:config_api/debug");
    assert("serve", words instanceof Uint32Array && words.length > 0, "words shared with the natives");
    assert("serve", this.#unix !== undefined || this.port! > 0, "a port");
    debug("serve", `server ${this.#id} listens on ${this.#unix ?? this.#dispatcher.origin}`);
  }

  /** Stops listening; resolves when every request under way is answered and every WebSocket has ended, or at once when
   * forced. With a number of seconds as `deadline`, what is left then is cut. */
  stop(closeActiveConnections: boolean | { deadline?: number } = false): Promise<void> {
    const deadline = typeof closeActiveConnections === "object" && closeActiveConnections !== null ? closeActiveConnections.deadline : undefined;
    if (closeActiveConnections === true) this.#hub?.terminate();
    const hub = this.#hub;
    const answered = ops.stop(this.#id, closeActiveConnections === true) as Promise<void>;
    // A request under way may still become a socket.
    const stopped = hub === undefined ? answered : answered.then(() => hub.emptied());
    if (debugging()) {
      const { debug } = require("crust:config_api/debug") as typeof import("crust:config_api/debug");
      debug("serve", `server ${this.#id} stops`);
      stopped.then(() => debug("serve", `server ${this.#id} has stopped`));
    }
    if (deadline !== undefined) {
      if (typeof deadline !== "number" || !(deadline >= 0)) throw invalid("server.stop expects deadline to be a number of seconds");
      const timer = setTimeout(() => {
        this.#hub?.terminate();
        ops.stop(this.#id, true);
      }, deadline * 1000);
      stopped.then(() => clearTimeout(timer));
    }
    return (this.#stopped = stopped);
  }

  /** Replaces handlers and routes; connections and requests under way are not touched. */
  reload(options: ServeOptions): this {
    checkHandlers(options);
    if (options.websocket) {
      if (this.#hub === undefined) this.#hub = hubOf(options);
      else this.#hub.reload(options.websocket as WebSocketOptions);
    }
    const routes = options.routes === undefined ? EMPTY_TABLE : compileRoutes(options.routes);
    this.#dispatcher.answers = answersOf(options, routes);
    ops.setRoutes(this.#id, routes.table);
    return this;
  }

  fetch(input: string | URL | Request): Promise<unknown> {
    const request = input instanceof Request ? input : new Request(new URL(String(input), this.url) as never);
    const { fetch } = this.#dispatcher.answers;
    if (fetch === undefined) return Promise.reject(new TypeError("This server has no fetch handler"));
    try {
      return Promise.resolve(fetch.call(this, request, this));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  requestIP(request: unknown): Address | null {
    const incoming = incomingOf(request);
    return incoming === undefined ? null : (ops.peerAddress(incoming.handle) as Address | null);
  }

  /** Replaces the idle timeout while the request is under way: seconds, 0 for none. */
  timeout(request: unknown, seconds: number): void {
    if (typeof seconds !== "number" || !(seconds >= 0)) throw invalid("server.timeout expects a number of seconds");
    const incoming = incomingOf(request);
    if (incoming === undefined) throw invalid("server.timeout expects a request of this server");
    ops.requestTimeout(incoming.handle, seconds);
  }

  /** Closes connections on which no request is under way. */
  closeIdleConnections(): void {
    ops.closeIdle(this.#id);
  }

  get pendingRequests(): number {
    return ops.serverPending(this.#id) as number;
  }

  get pendingWebSockets(): number {
    return this.#hub?.pending ?? 0;
  }

  get address(): Address | string | null {
    if (this.#unix !== undefined) return this.#unix;
    return { address: this.hostname ?? "", family: "IPv4", port: this.port ?? 0 };
  }

  /** Makes a WebSocket of a request. False when it is none, or was answered. */
  upgrade(request: unknown, options?: UpgradeOptions): boolean {
    if (this.#hub === undefined) throw new TypeError('To enable websocket support, set the "websocket" object in Bun.serve({})');
    if (!(request instanceof Request)) throw invalid(request === undefined ? "Missing argument" : "upgrade requires a Request object");
    const incoming = incomingOf(request);
    if (incoming === undefined) return false;
    const { upgrade } = require("crust:http/upgrade") as typeof import("crust:http/upgrade");
    return upgrade(incoming, this.#hub, options);
  }

  /** Sends a message to all subscribers of a topic: its bytes, 0 when there are none. */
  publish(topic: string, data: unknown, compress = false): number {
    return this.#hub?.publish(topic, data, compress) ?? 0;
  }

  subscriberCount(topic: string): number {
    return this.#hub?.subscriberCount(topic) ?? 0;
  }

  ref(): void {
    ops.serverRef(this.#id, true);
  }

  unref(): void {
    ops.serverRef(this.#id, false);
  }

  [Symbol.dispose](): void {
    this.stop(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(true);
  }
}

function answersOf(options: ServeOptions, routes: RouteTable): Answers {
  return {
    fetch: options.fetch,
    error: options.error,
    handlers: routes.handlers,
    patterns: routes.patterns,
    development: isDevelopment(options),
  };
}

function finishedOf(options: ServeOptions): Finished | undefined {
  if (!options.accessLog) return undefined;
  const { accessLogger } = require("crust:http/access_log") as typeof import("crust:http/access_log");
  return accessLogger(options.accessLog);
}

function hostOf(hostname: string): string {
  return hostname.includes(":") && !hostname.startsWith("[") ? `[${hostname}]` : hostname;
}

export function serve(options: ServeOptions): Server {
  return new Server(options);
}
