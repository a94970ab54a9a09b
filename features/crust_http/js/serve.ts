// Bun.serve: options, the server object, and the way from a request on the wire to a response. Sockets and HTTP
// framing are natives; routes are in `router.ts`.

import * as ops from "crust:ops/http";
import { IncomingRequest } from "crust:http/incoming";
import { compileRoutes } from "crust:http/router";
import type { Handler, Router } from "crust:http/router";
import { sendResponse } from "crust:http/respond";
import { requestFromSource } from "crust:web/request";
import { isResponse } from "crust:web/response";

interface ServeOptions {
  fetch?: Handler;
  routes?: Record<string, unknown>;
  error?: (error: unknown) => unknown;
  port?: number | string;
  hostname?: string;
  unix?: string;
  reusePort?: boolean;
  idleTimeout?: number;
  maxRequestBodySize?: number;
  development?: unknown;
  id?: string;
  tls?: unknown;
  websocket?: unknown;
  [option: string]: unknown;
}

const DEFAULT_IDLE_TIMEOUT = 10;
const LONGEST_IDLE_TIMEOUT = 255;
const DEFAULT_MAX_BODY = 128 * 1024 * 1024;
const DEFAULT_PORT = 3000;

function coded(Class: ErrorConstructor, code: string, message: string): Error {
  return Object.assign(new Class(message), { code });
}

function invalid(message: string): Error {
  return coded(TypeError, "ERR_INVALID_ARG_TYPE", message);
}

function portOf(options: ServeOptions): number {
  const given = options.port ?? process.env.BUN_PORT ?? process.env.PORT ?? process.env.NODE_PORT ?? DEFAULT_PORT;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw coded(RangeError, "ERR_SOCKET_BAD_PORT", `Bun.serve expects port to be an integer from 0 to 65535. Received ${String(given)}`);
  }
  return port;
}

function idleTimeoutOf(options: ServeOptions): number {
  const seconds = options.idleTimeout ?? DEFAULT_IDLE_TIMEOUT;
  if (typeof seconds !== "number" || !(seconds >= 0)) throw invalid("Bun.serve expects idleTimeout to be a number of seconds");
  if (seconds > LONGEST_IDLE_TIMEOUT) throw invalid(`Bun.serve expects idleTimeout to be ${LONGEST_IDLE_TIMEOUT} or less`);
  return seconds;
}

// What is asked for and does not exist yet must not be ignored.
function refuseMissing(options: ServeOptions): void {
  for (const name of ["tls", "websocket"] as const) {
    if (options[name]) throw coded(Error, "ERR_NOT_IMPLEMENTED", `Bun.serve does not support the option "${name}" in Crust yet`);
  }
}

function checkHandlers(options: ServeOptions): void {
  if (options === null || typeof options !== "object") throw invalid("Bun.serve expects an object");
  if (options.fetch !== undefined && typeof options.fetch !== "function") throw invalid("Expected fetch() to be a function");
  if (options.error !== undefined && typeof options.error !== "function") throw invalid("Expected error() to be a function");
  if (options.fetch === undefined && options.routes === undefined) {
    throw invalid('Bun.serve() needs either:\n\n  - A routes object:\n     routes: {\n       "/path": {\n         GET: (req) => new Response("Hello")\n       }\n     }\n\n  - Or a fetch handler:\n     fetch: (req) => {\n       return new Response("Hello")\n     }\n');
  }
}

export class Server {
  #id: number;
  #router: Router | undefined;
  #fetch: Handler | undefined;
  #error: ((error: unknown) => unknown) | undefined;
  #unix: string | undefined;
  #origin = "";
  #stopped: Promise<void> | undefined;
  readonly development: boolean;
  readonly id: string;
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  readonly url: URL;
  readonly protocol = "http";

  constructor(options: ServeOptions) {
    checkHandlers(options);
    refuseMissing(options);
    this.#setHandlers(options);
    const hostname = options.hostname ?? "0.0.0.0";
    this.#unix = options.unix;
    this.#id = ops.listen(
      {
        hostname,
        port: options.unix === undefined ? portOf(options) : 0,
        reusePort: options.reusePort === true,
        unix: options.unix,
        idleTimeout: idleTimeoutOf(options),
        maxBody: options.maxRequestBodySize ?? DEFAULT_MAX_BODY,
      },
      (handle: number, method: string, target: string, fields: string, body: Uint8Array | undefined) =>
        this.#handle(handle, method, target, fields, body),
      (handle: number) => drained(this.#id, handle),
      (handle: number) => aborted(this.#id, handle),
    );
    this.development = options.development !== undefined ? options.development !== false : process.env.NODE_ENV !== "production";
    this.id = options.id ?? "";
    this.hostname = options.unix === undefined ? (hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname) : undefined;
    this.port = options.unix === undefined ? ops.serverPort(this.#id) : undefined;
    this.#origin = options.unix === undefined ? `http://${hostOf(this.hostname!)}:${this.port}` : "http://localhost";
    this.url = options.unix === undefined ? new URL(`${this.#origin}/`) : new URL(`unix://${options.unix}`);
  }

  #setHandlers(options: ServeOptions): void {
    this.#router = options.routes === undefined ? undefined : compileRoutes(options.routes);
    this.#fetch = options.fetch;
    this.#error = options.error;
  }

  #handle(handle: number, method: string, target: string, fields: string, body: Uint8Array | undefined): void {
    const incoming = new IncomingRequest(this.#id, handle, method, target, fields, body, this.#origin);
    const request = requestFromSource(incoming) as any;
    incoming.remember(request);
    let result: unknown;
    try {
      result = this.#answer(request, incoming);
    } catch (error) {
      this.#fail(incoming, error);
      return;
    }
    if (isResponse(result)) {
      sendResponse(incoming, result, (error) => this.#fail(incoming, error));
    } else {
      this.#awaitAnswer(incoming, result);
    }
  }

  async #awaitAnswer(incoming: IncomingRequest, result: unknown): Promise<void> {
    try {
      const response = await result;
      if (!isResponse(response)) {
        throw new TypeError(`Expected a Response object, but received ${describe(response)}`);
      }
      sendResponse(incoming, response, (error) => this.#fail(incoming, error));
    } catch (error) {
      this.#fail(incoming, error);
    }
  }

  #answer(request: any, incoming: IncomingRequest): unknown {
    const route = this.#router?.find(incoming.method, incoming.path);
    if (route !== undefined) {
      if (route.params !== undefined) request.params = route.params;
      const { answer } = route;
      return typeof answer === "function" ? answer.call(this, request, this) : answer;
    }
    if (this.#fetch === undefined) return notFound();
    return this.#fetch.call(this, request, this);
  }

  // An error in a handler: the `error` option answers, else 500.
  #fail(incoming: IncomingRequest, error: unknown): void {
    if (this.#error === undefined || incoming.failed) {
      console.error(error);
      incoming.fail();
      return;
    }
    incoming.failed = true;
    const send = (response: unknown): void => {
      if (isResponse(response)) sendResponse(incoming, response, (again) => this.#fail(incoming, again));
      else this.#fail(incoming, error);
    };
    try {
      const answer = this.#error.call(this, error);
      if (isResponse(answer)) send(answer);
      else Promise.resolve(answer).then(send, (again) => this.#fail(incoming, again));
    } catch (again) {
      this.#fail(incoming, again);
    }
  }

  /** Stops listening; resolves when every request under way is answered, or at once when forced. */
  stop(closeActiveConnections = false): Promise<void> {
    return (this.#stopped = ops.stop(this.#id, closeActiveConnections === true));
  }

  reload(options: ServeOptions): this {
    checkHandlers(options);
    refuseMissing(options);
    this.#setHandlers(options);
    return this;
  }

  fetch(input: string | URL | Request): Promise<unknown> {
    const request = input instanceof Request ? input : new Request(new URL(String(input), this.url));
    if (this.#fetch === undefined) return Promise.reject(new TypeError("This server has no fetch handler"));
    try {
      return Promise.resolve(this.#fetch.call(this, request as any, this));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  requestIP(request: unknown): { address: string; family: string; port: number } | null {
    const incoming = IncomingRequest.of(request);
    return incoming === undefined ? null : ops.peerAddress(this.#id, incoming.handle);
  }

  get pendingRequests(): number {
    return ops.serverPending(this.#id);
  }

  get pendingWebSockets(): number {
    return 0;
  }

  get address(): { address: string; family: string; port: number } | string | null {
    if (this.#unix !== undefined) return this.#unix;
    return { address: this.hostname ?? "", family: "IPv4", port: this.port ?? 0 };
  }

  upgrade(): never {
    throw coded(Error, "ERR_NOT_IMPLEMENTED", "server.upgrade() is not implemented in Crust yet");
  }

  publish(): never {
    throw coded(Error, "ERR_NOT_IMPLEMENTED", "server.publish() is not implemented in Crust yet");
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

function hostOf(hostname: string): string {
  return hostname.includes(":") && !hostname.startsWith("[") ? `[${hostname}]` : hostname;
}

function describe(value: unknown): string {
  return value === undefined || value === null ? String(value) : `an instance of ${(value as object).constructor?.name ?? typeof value}`;
}

function notFound(): Response {
  return new Response("Not Found", { status: 404 });
}

function drained(server: number, handle: number): void {
  IncomingRequest.find(server, handle)?.drained();
}

function aborted(server: number, handle: number): void {
  IncomingRequest.find(server, handle)?.aborted();
}

export function serve(options: ServeOptions): Server {
  return new Server(options);
}
