// A connection of an `http.Server`: requests as they arrive, answers in their order, and what happens to both when it
// ends. Works on any duplex stream.

import { channel } from "crust:node/diagnostics_channel";
import { getContext, runInContext } from "crust:node/internal/async_context";
import { codes } from "crust:node/internal/errors";
import { connectionReset, continueExpression } from "crust:node/internal/http/checks";
import { kNeedDrain, kUniqueHeaders } from "crust:node/internal/http/outgoing";
import { BODY, Parser, UPGRADE, UPGRADE_AFTER_BODY } from "crust:node/internal/http/parser";
import type { Head } from "crust:node/internal/http/parser";
import { emitClose } from "crust:node/internal/http/server_response";

const created = channel("http.server.response.created");
const started = channel("http.server.request.start");
const MOST_HEAD = 16 * 1024;
/** Bytes that may come before an upgrade, while nobody reads them. */
const MOST_UPGRADE_BODY = 1024 * 1024;

export const kConnections = Symbol("kConnections");
export const kIncomingMessage = Symbol("kIncomingMessage");
export const kServerResponse = Symbol("kServerResponse");
export const kUniqueNames = Symbol("kUniqueNames");
const kConnection = Symbol("kConnection");

const nothing = (): void => {};
const CLOSE = "Connection: close\r\n\r\n";

function refusalOf(error: any): string {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW": return `HTTP/1.1 431 Request Header Fields Too Large\r\n${CLOSE}`;
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW": return `HTTP/1.1 413 Payload Too Large\r\n${CLOSE}`;
    case "ERR_HTTP_REQUEST_TIMEOUT": return `HTTP/1.1 408 Request Timeout\r\n${CLOSE}`;
    default: return `HTTP/1.1 400 Bad Request\r\n${CLOSE}`;
  }
}

/** The process manager counts the requests of its programs. */
const isReported = process.env.CRUST_PM_METRICS !== undefined;

export class Connection {
  readonly server: any;
  readonly socket: any;
  readonly parser: Parser;
  /** Requests whose answers are not out. */
  readonly incoming: any[] = [];
  /** Answers that wait for those before them. */
  readonly outgoing: any[] = [];
  /** The request whose body arrives. */
  reading: any = null;
  /** When the request that arrives began; 0 between requests. */
  begunAt = Date.now();
  headDone = false;
  #isFresh = true;
  #pending = 0;
  #held = false;
  #requests = 0;
  #waits = false;
  #timer: any = undefined;
  #timerFor = 0;
  #listeners: [string, (...args: any[]) => void][];

  constructor(server: any, socket: any) {
    this.server = server;
    this.socket = socket;
    this.parser = new Parser(false, server.maxHeaderSize || require("crust:node/http").maxHeaderSize || MOST_HEAD);
    this.parser.onHead = (head) => this.#head(head);
    this.parser.onBody = (bytes) => this.#body(bytes);
    this.parser.onEnd = (trailers) => this.#end(trailers);
    this.#listeners = [
      ["data", (bytes) => this.#data(bytes)], ["end", () => this.#ended()], ["close", () => this.#closed()], ["drain", () => this.#drained()],
      ["error", (error) => this.fail(error)], ["timeout", () => this.#timedOut()],
    ];
    socket.server ??= server;
    socket[kConnection] = this;
    socket._httpMessage = null;
    for (const [event, listener] of this.#listeners) socket.on(event, listener);
    if (server.timeout && typeof socket.setTimeout === "function") socket.setTimeout(server.timeout);
    server[kConnections].add(this);
  }

  /** Nothing is asked and nothing is being answered. */
  get isIdle(): boolean {
    return this.begunAt === 0 && (!this.socket._httpMessage || this.socket._httpMessage.finished);
  }
  /** Nothing has been asked yet. */
  get isFresh(): boolean {
    return this.#isFresh;
  }

  #leave(): void {
    clearTimeout(this.#timer);
    for (const [event, listener] of this.#listeners) this.socket.removeListener(event, listener);
    this.server[kConnections].delete(this);
    this.socket[kConnection] = undefined;
  }

  #data(bytes: any): void {
    this.#isFresh = false;
    if (this.begunAt === 0) {
      this.begunAt = Date.now();
      this.headDone = false;
    }
    const error = this.parser.execute(bytes);
    if (error !== undefined) this.fail(error);
    else if (this.parser.upgraded) this.#upgrade();
    else if (this.parser.isIdle) this.begunAt = 0;
  }

  #head(head: Head): number {
    const { server, socket } = this;
    const request = new server[kIncomingMessage](socket);
    request.httpVersionMajor = head.major;
    request.httpVersionMinor = head.minor;
    request.httpVersion = `${head.major}.${head.minor}`;
    request.joinDuplicateHeaders = server.joinDuplicateHeaders;
    request.url = head.url;
    request.method = head.method;
    request.upgrade = head.upgrade;
    request.rawHeaders = cut(head.raw, server.maxHeadersCount);
    this.headDone = true;
    this.reading = request;
    if (isReported) require("crust:ops/http").countServed();
    this.#waits = false;
    if (request.upgrade) {
      request.upgrade = request.method === "CONNECT" || Boolean(server.shouldUpgradeCallback(request));
      if (request.upgrade) return request.method === "CONNECT" ? UPGRADE : UPGRADE_AFTER_BODY;
    }
    this.incoming.push(request);
    this.#holdBack();
    const response = this.#respond(request, head.keepAlive);
    // What a listener makes of the async context ends with it.
    runInContext(getContext(), this.#dispatch, this, [request, response, head]);
    return BODY;
  }

  // A client that asks faster than it takes answers is not read from.
  #holdBack(): void {
    if (this.#held || !(this.socket._writableState?.needDrain || this.#pending >= this.socket.writableHighWaterMark)) return;
    this.#held = true;
    this.socket.pause();
  }

  #respond(request: any, keepAlive: boolean): any {
    const { server, socket } = this;
    const response = new server[kServerResponse](request, { highWaterMark: socket.writableHighWaterMark, rejectNonStandardBodyWrites: server.rejectNonStandardBodyWrites });
    response._keepAliveTimeout = server.keepAliveTimeout;
    response._maxRequestsPerSocket = server.maxRequestsPerSocket;
    response._onPendingData = (change: number): void => {
      this.#pending += change;
    };
    // A server that has stopped takes no further request on the connection.
    response.shouldKeepAlive = keepAlive && !(server._closing === true && server._handle === null);
    if (server[kUniqueNames]) response[kUniqueHeaders] = server[kUniqueNames];
    if (created.hasSubscribers) created.publish({ request, response });
    if (socket._httpMessage) this.outgoing.push(response);
    else response.assignSocket(socket);
    response.on("finish", () => this.#answered(request, response));
    return response;
  }

  #dispatch(request: any, response: any, head: Head): void {
    const { server, socket } = this;
    if (started.hasSubscribers) started.publish({ request, response, socket, server });
    const isNew = request.httpVersionMajor === 1 && request.httpVersionMinor === 1;
    if (isNew && server.requireHostHeader && !head.hasHost) {
      response.writeHead(400, ["Connection", "close"]);
      response.end();
      return;
    }
    const most = server.maxRequestsPerSocket;
    if (typeof most === "number" && most > 0) {
      this.#requests++;
      response.maxRequestsOnConnectionReached = most <= this.#requests;
      if (most < this.#requests) {
        server.emit("dropRequest", request, socket);
        response.writeHead(503);
        response.end();
        return;
      }
    }
    if (isNew && head.expect !== undefined) this.#expected(request, response, head.expect);
    else server.emit("request", request, response);
  }

  #expected(request: any, response: any, expect: string): void {
    const { server } = this;
    if (continueExpression.test(expect)) {
      response._expect_continue = true;
      if (server.listenerCount("checkContinue") > 0) {
        server.emit("checkContinue", request, response);
        return;
      }
      response.writeContinue();
      server.emit("request", request, response);
    } else if (server.listenerCount("checkExpectation") > 0) {
      server.emit("checkExpectation", request, response);
    } else {
      response.writeHead(417);
      response.end();
    }
  }

  #body(bytes: any): void {
    const request = this.reading;
    if (request === null || request._dumped) return;
    const hasRoom = request.push(bytes);
    if (hasRoom || this.#held) return;
    if (!request.upgrade) this.socket.pause();
    else if (request.readableLength > MOST_UPGRADE_BODY) this.socket.destroy();
  }

  #end(trailers: string[]): void {
    const request = this.reading;
    this.begunAt = 0;
    this.headDone = false;
    if (request === null) return;
    if (!request.upgrade) this.reading = null;
    request.complete = true;
    if (trailers.length > 0) request.rawTrailers = trailers;
    if (!request._readableState.ended) request.push(null);
    // Reading stopped when the body had no room; what follows is another message.
    if (!this.#held && this.socket.readable && this.socket.isPaused()) this.socket.resume();
  }

  #answered(request: any, response: any): void {
    const { server, socket } = this;
    this.incoming.shift();
    // A body that nobody reads must be out of the way of what follows.
    if (!request._consuming) request._dump();
    response.detachSocket(socket);
    process.nextTick(emitClose, response);
    if (response._last) {
      if (typeof socket.destroySoon === "function") socket.destroySoon();
      else socket.end();
      return;
    }
    const next = this.outgoing.shift();
    if (next !== undefined) {
      next.assignSocket(socket);
      return;
    }
    if (server.keepAliveTimeout) this.#wait(server.keepAliveTimeout + (server.keepAliveTimeoutBuffer || 0));
  }

  // One timer for the life of the connection: it is wound up again after each answer, and means nothing in between.
  #wait(milliseconds: number): void {
    this.#waits = true;
    if (this.#timer !== undefined && this.#timerFor === milliseconds) {
      this.#timer.refresh();
      return;
    }
    clearTimeout(this.#timer);
    this.#timerFor = milliseconds;
    this.#timer = setTimeout(() => {
      if (this.#waits) this.#timedOut();
    }, milliseconds);
    this.#timer.unref();
  }

  #upgrade(): void {
    const { server, socket, reading: request } = this;
    const event = request.method === "CONNECT" ? "connect" : "upgrade";
    const rest = this.parser.rest();
    this.#leave();
    // Whoever takes the connection decides how it is read.
    socket.readableFlowing = null;
    if (socket.setTimeout) socket.setTimeout(0);
    if (server.listenerCount(event) === 0) {
      socket.destroy();
      return;
    }
    const before = getContext();
    runInContext(before, () => server.emit(event, request, socket, rest));
    if (!socket.destroyed && !socket.isPaused()) socket.read(0);
  }

  #drained(): void {
    if (this.#held && this.#pending <= this.socket.writableHighWaterMark) {
      this.#held = false;
      this.socket.resume();
    }
    const message = this.socket._httpMessage;
    if (message && !message.finished && message[kNeedDrain]) {
      message[kNeedDrain] = false;
      message.emit("drain");
    }
  }

  #timedOut(): void {
    const { reading: request, socket, server } = this;
    const heard = request && !request.complete && request.emit("timeout", socket);
    const answered = socket._httpMessage?.emit("timeout", socket);
    if (!server.emit("timeout", socket) && !heard && !answered) socket.destroy();
  }

  #ended(): void {
    const { server, socket } = this;
    const error = this.parser.finish();
    if (error !== undefined) this.fail(error);
    else if (!server.httpAllowHalfOpen) socket.end();
    else if (this.outgoing.length > 0) this.outgoing.at(-1)._last = true;
    else if (socket._httpMessage) socket._httpMessage._last = true;
    else socket.end();
  }

  #closed(): void {
    this.#leave();
    for (const request of this.incoming.splice(0)) request.destroy(connectionReset("aborted"));
  }

  /** What arrived is no HTTP, came too late, or the connection broke. */
  fail(error: any): void {
    const { server, socket } = this;
    for (const [event, listener] of this.#listeners) if (event === "error") socket.removeListener(event, listener);
    if (socket.listenerCount("error", nothing) === 0) socket.on("error", nothing);
    if (server.emit("clientError", error, socket)) return;
    // An answer that is on its way must not be mixed with another.
    const isFree = !socket._httpMessage?._headerSent;
    if (socket.writable && isFree) socket.write(refusalOf(error), "latin1");
    if (socket.writable && isFree && typeof socket.destroySoon === "function") socket.destroySoon();
    else socket.destroy();
  }

  /** Whether the time for a head or a whole request is over. */
  isLate(now: number): boolean {
    if (this.begunAt === 0) return false;
    const { headersTimeout, requestTimeout } = this.server;
    const passed = now - this.begunAt;
    if (!this.headDone && headersTimeout > 0 && passed >= headersTimeout) return true;
    return requestTimeout > 0 && passed >= requestTimeout;
  }
  timeOut(): void {
    this.fail(new codes.ERR_HTTP_REQUEST_TIMEOUT!());
  }
}

function cut(raw: string[], most: unknown): string[] {
  const count = typeof most === "number" ? most : 2000;
  return count > 0 && raw.length > count * 2 ? raw.slice(0, count * 2) : raw;
}

export function connectionListener(this: any, socket: any): void {
  new Connection(this, socket);
}
