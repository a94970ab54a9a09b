// `http.createServer` over `Bun.serve`: each request becomes a message pair. Upgrades and raw sockets refuse.

import EventEmitter from "node:events";
import { adoptable } from "crust:node/internal/callable";
import { codes, notImplemented } from "crust:node/internal/errors";
import { STATUS_CODES } from "crust:node/internal/http_constants";
import { IncomingMessage, MessageSocket, OutgoingMessage } from "crust:node/internal/http_message";

const Root = adoptable(EventEmitter);

export class ServerResponse extends OutgoingMessage {
  statusCode = 200;
  statusMessage: string | undefined = undefined;
  _respond: ((response: any) => void) | undefined;

  constructor(req?: any, _options?: any) {
    super();
    this.req = req;
    this.socket = req?.socket ?? null;
    (this as any).once("finish", () => process.nextTick(() => (this as any).destroy()));
  }
  assignSocket(socket: any): void {
    this.socket = socket;
  }
  detachSocket(): void {
    this.socket = null;
  }
  writeHead(status: number, reason?: any, headers?: any): this {
    if (this.headersSent) throw new codes.ERR_HTTP_HEADERS_SENT!("write");
    const code = status | 0;
    if (code < 100 || code > 999) throw new codes.ERR_HTTP_INVALID_STATUS_CODE!(status);
    if (typeof reason === "string") this.statusMessage = reason;
    else headers ??= reason;
    this.statusCode = code;
    if (Array.isArray(headers)) {
      if (headers.length > 0 && Array.isArray(headers[0])) for (const [name, value] of headers) this.appendHeader(name, value);
      else for (let i = 0; i < headers.length; i += 2) this.appendHeader(headers[i], headers[i + 1]);
    } else if (headers) for (const [name, value] of Object.entries(headers)) this.setHeader(name, value);
    this.statusMessage ??= STATUS_CODES[code] ?? "unknown";
    if (code === 204 || code === 304 || this.req?.method === "HEAD") this._hasBody = false;
    this.headersSent = true;
    return this;
  }
  /** The head as Node would write it: programs look into it. The server below makes its own from the same headers. */
  override _headText(): string {
    const lines = [`HTTP/1.1 ${this.statusCode} ${this.statusMessage}`];
    for (const [name, value] of this._headers.values()) for (const one of ([] as any[]).concat(value)) lines.push(`${name}: ${one}`);
    if (this.sendDate && !this.hasHeader("date")) lines.push(`Date: ${new Date().toUTCString()}`);
    if (!this.hasHeader("connection")) lines.push(`Connection: ${this.shouldKeepAlive ? "keep-alive" : "close"}`);
    if (this._hasBody && !this.hasHeader("content-length") && !this.hasHeader("transfer-encoding")) {
      lines.push(this._whole === undefined ? "Transfer-Encoding: chunked" : `Content-Length: ${this._whole.byteLength}`);
    }
    return `${lines.join("\r\n")}\r\n\r\n`;
  }
  /** By its own method: middleware replaces `writeHead` to see the head before it goes out. */
  override _implicitHeader(): void {
    this.writeHead(this.statusCode);
  }
  writeContinue(): void {}
  writeProcessing(): never {
    return notImplemented("http.ServerResponse.writeProcessing");
  }
  writeEarlyHints(): never {
    return notImplemented("http.ServerResponse.writeEarlyHints");
  }
  override _begin(body: any): void {
    // An object of the program's own is connected to nobody, and what is written to it goes nowhere.
    if (this._respond === undefined) {
      this._sink = null;
      return;
    }
    const head = this.req?.method === "HEAD";
    const bodiless = this.statusCode === 204 || this.statusCode === 304 || head;
    if (bodiless && body instanceof ReadableStream) this._sink = null;
    let sent = bodiless ? null : body;
    // The length that the program gave stands in an answer to HEAD, whose body is never sent.
    if (head) sent = body === null || body instanceof ReadableStream ? new ReadableStream({ start: (controller) => controller.close() }) : body;
    this._respond(new Response(sent, { status: this.statusCode, statusText: this.statusMessage, headers: this._webHeaders() }));
  }
}

export class Server extends Root {
  listening = false;
  timeout = 0;
  keepAliveTimeout = 5000;
  headersTimeout = 60000;
  requestTimeout = 300000;
  maxHeadersCount = null;
  maxRequestsPerSocket = 0;
  _server: any = undefined;
  _options: any;

  constructor(options?: any, listener?: any) {
    super();
    if (typeof options === "function") [listener, options] = [options, {}];
    this._options = options ?? {};
    if (listener) this.on("request", listener);
  }

  listen(...args: any[]): this {
    if (this.listening || this._server) throw new codes.ERR_SERVER_ALREADY_LISTEN!();
    const callback = typeof args.at(-1) === "function" ? args.pop() : undefined;
    if (callback) this.once("listening", callback);
    const place = placeOf(args);
    try {
      this._server = (globalThis as any).Bun.serve({ ...place, idleTimeout: 0, fetch: (request: any, server: any) => this._handle(request, server) });
    } catch (error: any) {
      process.nextTick(() => this.emit("error", Object.assign(error, { syscall: "listen" })));
      return this;
    }
    this.listening = true;
    process.nextTick(() => this.emit("listening"));
    return this;
  }

  _handle(request: any, server: any): Promise<any> {
    const url = new URL(request.url);
    const socket = new MessageSocket();
    const peer = server.requestIP?.(request);
    Object.assign(socket, { remoteAddress: peer?.address, remoteFamily: peer?.family, remotePort: peer?.port, localPort: server.port });
    const incoming = new IncomingMessage(socket);
    incoming.method = request.method;
    incoming.url = url.pathname + url.search;
    incoming._takeHeaders(request.headers);
    incoming._takeBody(request.body);
    const response = new ServerResponse(incoming);
    const answer = new Promise<any>((resolve) => {
      response._respond = resolve;
      // A connection that the program gives up still gets an answer: the server below ends it in order.
      socket._abort = () => resolve(new Response(null, { status: 500, headers: { connection: "close" } }));
    });
    request.signal?.addEventListener("abort", () => {
      incoming.aborted = true;
      (incoming as any).emit("aborted");
      if (!(response as any).writableFinished) (response as any).destroy();
      socket.destroy();
    });
    if (incoming.headers["expect"] === "100-continue" && this.listenerCount("checkContinue") > 0) this.emit("checkContinue", incoming, response);
    else this.emit("request", incoming, response);
    return answer;
  }

  address(): any {
    if (!this._server) return null;
    const host: string = this._server.hostname ?? "::";
    return { address: host === "localhost" ? "127.0.0.1" : host, family: host.includes(":") ? "IPv6" : "IPv4", port: this._server.port };
  }
  close(callback?: (error?: any) => void): this {
    if (!this._server) {
      if (callback) process.nextTick(callback, new codes.ERR_SERVER_NOT_RUNNING!());
      return this;
    }
    if (callback) this.once("close", callback);
    const server = this._server;
    this._server = undefined;
    this.listening = false;
    Promise.resolve(server.stop(false)).then(() => this.emit("close"));
    return this;
  }
  closeAllConnections(): void {
    this._server?.stop(true);
  }
  closeIdleConnections(): void {}
  setTimeout(ms: number, callback?: () => void): this {
    this.timeout = ms;
    if (callback) this.on("timeout", callback);
    return this;
  }
  ref(): this {
    this._server?.ref?.();
    return this;
  }
  unref(): this {
    this._server?.unref?.();
    return this;
  }
  getConnections(callback: (error: any, count: number) => void): void {
    process.nextTick(callback, null, this._server?.pendingRequests ?? 0);
  }
  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => this.close(() => resolve()));
  }
}

/** `listen(port, host)`, `listen({ port, host, path })` or `listen(path)` as Bun.serve takes it. */
function placeOf(args: any[]): object {
  const [first, second] = args;
  if (typeof first === "object" && first !== null) {
    if (first.fd !== undefined || first._handle !== undefined) notImplemented("http.Server.listen on a descriptor");
    if (first.path !== undefined) return { unix: first.path };
    return { port: Number(first.port ?? 0), hostname: first.host ?? "::" };
  }
  if (typeof first === "string" && !/^\d+$/.test(first)) return { unix: first };
  const port = require("crust:node/internal/validators").validatePort(first ?? 0, "options.port");
  return { port, hostname: typeof second === "string" ? second : "::" };
}
