// A request on its connection: the answer as it arrives, beside the body that still goes out, and what becomes of the
// connection afterwards. Works on any duplex stream.

import { channel } from "crust:node/diagnostics_channel";
import { runInContext } from "crust:node/internal/async_context";
import { connectionReset } from "crust:node/internal/http/checks";
import { IncomingMessage } from "crust:node/internal/http/incoming";
import { kNeedDrain } from "crust:node/internal/http/outgoing";
import { BODY, NO_BODY, Parser, UPGRADE } from "crust:node/internal/http/parser";
import type { Head } from "crust:node/internal/http/parser";

export const kError = Symbol("kError");
export const kContext = Symbol("kContext");
const MOST_HEAD = 16 * 1024;

const errorChannel = channel("http.client.request.error");
const finishChannel = channel("http.client.response.finish");

function emitError(request: any, error: any): void {
  if (errorChannel.hasSubscribers) errorChannel.publish({ request, error });
  request.emit("error", error);
}

/** The end of a request that was given up before it had a connection. */
export function finishDestroyed(request: any, error: any): void {
  const reason = error ?? (request.aborted ? undefined : connectionReset());
  if (request._closed) return;
  request._closed = true;
  runInContext(request[kContext], () => {
    if (reason) emitError(request, reason);
    request.emit("close");
  });
}

function emitTimeout(this: any): void {
  this._httpMessage?.emit("timeout");
}

export function listenToTimeout(request: any): void {
  if (request.timeoutCb) return;
  request.timeoutCb = emitTimeout;
  if (request.socket) request.socket.on("timeout", emitTimeout);
  else request.once("socket", (socket: any) => socket.on("timeout", emitTimeout));
}

export function setSocketTimeout(socket: any, milliseconds: number): void {
  if (socket.connecting) socket.once("connect", () => socket.setTimeout(milliseconds));
  else socket.setTimeout(milliseconds);
}

/** Gives a request its connection. */
export function attach(request: any, socket: any): void {
  new Exchange(request, socket);
}

class Exchange {
  readonly #request: any;
  readonly #socket: any;
  readonly #parser: Parser;
  readonly #reading: [string, (...args: any[]) => void][];
  readonly #watching: [string, (...args: any[]) => void][];
  /** The answer whose body arrives. */
  #incoming: any = null;
  #hadError = false;

  constructor(request: any, socket: any) {
    this.#request = request;
    this.#socket = socket;
    this.#parser = new Parser(true, request.maxHeaderSize || require("crust:node/http").maxHeaderSize || MOST_HEAD);
    this.#parser.onHead = (head) => this.#head(head);
    this.#parser.onBody = (bytes) => this.#body(bytes);
    this.#parser.onEnd = (trailers) => this.#end(trailers);
    const within = (fn: (...args: any[]) => void) => (...args: any[]) => runInContext(request[kContext], fn, undefined, args);
    this.#reading = [["data", within((bytes) => this.#data(bytes))], ["end", within(() => this.#ended())], ["drain", within(() => this.#drained())]];
    this.#watching = [["error", within((error) => this.#failed(error))], ["close", within(() => this.#closed())]];
    request.parser = this.#parser;
    request.socket = socket;
    socket._httpMessage = request;
    socket.parser = this.#parser;
    for (const [event, listener] of [...this.#reading, ...this.#watching]) socket.on(event, listener);
    if (request.timeout !== undefined || request.agent?.options?.timeout) listenToTimeout(request);
    runInContext(request[kContext], () => request.emit("socket", socket));
  }

  #stop(listeners: [string, (...args: any[]) => void][]): void {
    for (const [event, listener] of listeners) this.#socket.removeListener(event, listener);
  }

  #data(bytes: any): void {
    const request = this.#request;
    const socket = this.#socket;
    const error = this.#parser.execute(bytes);
    if (error !== undefined) {
      this.#stop(this.#reading);
      this.#hadError = socket._hadError = true;
      socket.destroy();
      emitError(request, error);
    } else if (this.#parser.upgraded) this.#upgrade();
    else if (request.res?.complete) this.#stop(this.#reading.slice(0, 2));
  }

  #head(head: Head): number {
    const request = this.#request;
    const socket = this.#socket;
    if (request.res) {
      // A second answer to one request.
      socket.destroy();
      return BODY;
    }
    const incoming = new (IncomingMessage as any)(socket);
    incoming.httpVersionMajor = head.major;
    incoming.httpVersionMinor = head.minor;
    incoming.httpVersion = `${head.major}.${head.minor}`;
    incoming.joinDuplicateHeaders = request.joinDuplicateHeaders;
    incoming.statusCode = head.status;
    incoming.statusMessage = head.message;
    incoming.upgrade = head.upgrade;
    const most = typeof request.maxHeadersCount === "number" ? request.maxHeadersCount * 2 : 4000;
    incoming.rawHeaders = most > 0 && head.raw.length > most ? head.raw.slice(0, most) : head.raw;
    if (request.method === "CONNECT" || head.upgrade) {
      incoming.upgrade = true;
      request.res = incoming;
      this.#incoming = incoming;
      return UPGRADE;
    }
    if (head.status >= 100 && head.status < 200 && head.status !== 101) {
      this.#inform(incoming);
      return NO_BODY;
    }
    request.res = incoming;
    incoming.req = request;
    this.#incoming = incoming;
    if (request.shouldKeepAlive && !head.keepAlive) request.shouldKeepAlive = false;
    this.#answer(incoming);
    return request.method === "HEAD" ? NO_BODY : BODY;
  }

  #inform(incoming: any): void {
    const request = this.#request;
    const { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders } = incoming;
    if (statusCode === 100) request.emit("continue");
    request.emit("information", { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders });
  }

  #answer(incoming: any): void {
    const request = this.#request;
    if (finishChannel.hasSubscribers) finishChannel.publish({ request, response: incoming });
    // First, so that the connection is in order when the program's own listeners run.
    incoming.on("end", () => this.#answered(incoming));
    request.on("finish", () => {
      if (request.shouldKeepAlive && request._ended) this.#keepAlive();
    });
    if (incoming.statusCode === 304) incoming.complete = true;
    // Without a listener the answer is thrown away, so that the connection can go on.
    if (request.aborted || !request.emit("response", incoming)) incoming._dump();
  }

  #body(bytes: any): void {
    const incoming = this.#incoming;
    if (incoming === null || incoming._dumped) return;
    if (!incoming.push(bytes)) this.#socket.pause();
  }

  #end(trailers: string[]): void {
    const incoming = this.#incoming;
    if (incoming === null) return;
    this.#incoming = null;
    incoming.complete = true;
    if (trailers.length > 0) incoming.rawTrailers = trailers;
    if (incoming.upgrade && this.#parser.upgraded) return;
    incoming.push(null);
    if (this.#socket.readable && this.#socket.isPaused?.()) this.#socket.resume();
  }

  #answered(incoming: any): void {
    const request = this.#request;
    const socket = this.#socket;
    if (request.timeoutCb) socket.removeListener("timeout", request.timeoutCb);
    request._ended = true;
    if (!request.shouldKeepAlive) {
      if (!socket.writable) return;
      // What of the body is not out is wanted by nobody.
      if (typeof socket.destroySoon === "function") socket.destroySoon();
      else socket.end();
    } else if (request.writableFinished && !incoming.aborted) this.#keepAlive();
  }

  #keepAlive(): void {
    const request = this.#request;
    const socket = this.#socket;
    if (request.timeoutCb) {
      socket.setTimeout(0, request.timeoutCb);
      request.timeoutCb = null;
    }
    this.#stop(this.#reading);
    this.#stop(this.#watching);
    request.destroyed = true;
    // What the program does with the answer from here on does not touch the connection.
    if (request.res) request.res.socket = null;
    const nobody = (): void => {};
    socket.on("error", nobody);
    process.nextTick(() => {
      request._closed = true;
      runInContext(request[kContext], () => request.emit("close"));
      socket.removeListener("error", nobody);
      socket.emit("free");
    });
  }

  #upgrade(): void {
    const request = this.#request;
    const socket = this.#socket;
    const incoming = request.res;
    const rest = this.#parser.rest();
    this.#stop(this.#reading);
    if (request.timeoutCb) socket.removeListener("timeout", request.timeoutCb);
    const event = request.method === "CONNECT" ? "connect" : "upgrade";
    if (request.listenerCount(event) === 0) {
      socket.destroy();
      return;
    }
    request.upgradeOrConnect = true;
    // The socket is the program's now.
    socket.emit("agentRemove");
    this.#stop(this.#watching);
    socket._httpMessage = null;
    socket.readableFlowing = null;
    request.destroyed = true;
    try {
      request.emit(event, incoming, socket, rest);
    } finally {
      request._closed = true;
      process.nextTick(() => request.emit("close"));
      if (!socket.destroyed && !socket.isPaused?.()) socket.read?.(0);
    }
  }

  #drained(): void {
    const request = this.#request;
    if (request.finished || !request[kNeedDrain]) return;
    request[kNeedDrain] = false;
    request.emit("drain");
  }

  #ended(): void {
    const request = this.#request;
    const socket = this.#socket;
    if (!request.res && !socket._hadError) {
      this.#hadError = socket._hadError = true;
      emitError(request, connectionReset());
    }
    this.#parser.finish();
    socket.end();
  }

  #failed(error: any): void {
    this.#hadError = this.#socket._hadError = true;
    emitError(this.#request, error);
    this.#parser.finish();
    this.#stop(this.#reading.slice(0, 2));
    this.#socket.destroy();
  }

  #closed(): void {
    const request = this.#request;
    const { res } = request;
    request.destroyed = true;
    this.#stop(this.#reading);
    if (res) {
      // The end of the connection is the end of the body where nothing else says so.
      if (!res.complete) this.#parser.finish();
      if (!res.complete) res.destroy(connectionReset("aborted"));
      request._closed = true;
      request.emit("close");
      if (!res.aborted && res.readable) res.push(null);
    } else {
      if (!this.#hadError && !this.#socket._hadError) {
        this.#hadError = this.#socket._hadError = true;
        emitError(request, connectionReset());
      }
      request._closed = true;
      request.emit("close");
    }
    request.outputData.length = 0;
  }
}
