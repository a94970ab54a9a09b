// The way of a request from a record of the batch to its handler, and of the answer to the wire. Errors of handlers
// end here.

import * as ops from "crust:ops/http";
import { BunRequest, setRequestPattern } from "crust:http/bun_request";
import { HANDLES, HeadLease, IncomingRequest, RECORD_WORDS } from "crust:http/incoming";
import type { Origin } from "crust:http/incoming";
import { sendResponse } from "crust:http/respond";
import type { Sending } from "crust:http/respond";
import type { Handler, Parameter } from "crust:http/routes";
import { requestFromSource } from "crust:web/request";
import { isResponse } from "crust:web/response";

const HANDLER = 8;
const PATTERN = 9;

/** What answers the requests of a server; replaced as a whole by `reload`. */
export interface Answers {
  fetch: Handler | undefined;
  error: ((error: unknown) => unknown) | undefined;
  handlers: Handler[];
  patterns: Parameter[][];
  development: boolean;
}

/** Called when a request is answered, for an access log. */
export type Finished = (incoming: IncomingRequest, status: number, started: number) => void;

const leases = new FinalizationRegistry<[server: number, slab: number]>(([server, slab]) => ops.releaseHeads(server, slab));

export class Dispatcher implements Origin, Sending {
  id = 0;
  base = 0;
  origin = "";
  readonly watched = new Map<number, IncomingRequest>();
  readonly compresses: boolean;
  answers: Answers;
  readonly #server: object;
  readonly #finished: Finished | undefined;
  #words = new Uint32Array(0);
  #lease = new HeadLease(-1);

  constructor(server: object, answers: Answers, compresses: boolean, finished: Finished | undefined) {
    this.#server = server;
    this.answers = answers;
    this.compresses = compresses;
    this.#finished = finished;
  }

  /** The natives have given the server its id and the memory of its batches. */
  start(id: number, words: Uint32Array): void {
    this.id = id;
    this.base = id * HANDLES;
    this.#words = words;
  }

  /** The natives have put that many records into the batch. */
  readonly requests = (count: number): void => {
    for (let index = 0; index < count; index++) this.#dispatch(index * RECORD_WORDS);
  };

  readonly drained = (handle: number): void => {
    this.watched.get(handle)?.drained();
  };

  readonly aborted = (handle: number): void => {
    this.watched.get(handle)?.aborted();
  };

  readonly bodyArrived = (handle: number): void => {
    this.watched.get(handle)?.bodyArrived();
  };

  #leaseOf(slab: number): HeadLease {
    if (slab !== this.#lease.slab) {
      this.#lease = new HeadLease(slab);
      leases.register(this.#lease, [this.id, slab]);
    }
    return this.#lease;
  }

  #dispatch(at: number): void {
    const words = this.#words;
    const incoming = new IncomingRequest(this, this.#leaseOf(IncomingRequest.slabOf(words, at)), words, at);
    const handler = words[at + HANDLER]!;
    const { answers } = this;
    if (this.#finished !== undefined) incoming.started = performance.now();
    let result: unknown;
    try {
      if (handler !== 0) {
        const request = requestFromSource(incoming, BunRequest) as BunRequest;
        setRequestPattern(request, answers.patterns[words[at + PATTERN]!]!);
        result = answers.handlers[handler - 1]!.call(this.#server, request, this.#server);
      } else if (answers.fetch !== undefined) {
        result = answers.fetch.call(this.#server, requestFromSource(incoming), this.#server);
      } else {
        result = new Response("Not Found", { status: 404 });
      }
    } catch (error) {
      this.fail(incoming, error);
      return;
    }
    if (isResponse(result)) this.#send(incoming, result);
    else this.#sendLater(incoming, result);
  }

  #send(incoming: IncomingRequest, response: import("crust:web/response").Response): void {
    const { cookies } = incoming;
    if (this.#finished !== undefined) this.#finished(incoming, response.status, incoming.started);
    sendResponse(incoming, response, this, cookies === undefined ? "" : cookieLines(cookies));
  }

  async #sendLater(incoming: IncomingRequest, result: unknown): Promise<void> {
    try {
      const response = await result;
      if (isResponse(response)) this.#send(incoming, response);
      else if (!incoming.upgraded) throw unexpected(response);
    } catch (error) {
      this.fail(incoming, error);
    }
  }

  /** An error in a handler: the `error` option answers, else 500. */
  fail(incoming: IncomingRequest, error: unknown): void {
    const { error: handler } = this.answers;
    if (handler === undefined || incoming.failed) {
      console.error(error);
      this.#answerError(incoming, error);
      return;
    }
    incoming.failed = true;
    const send = (response: unknown): void => {
      if (isResponse(response)) this.#send(incoming, response);
      else this.fail(incoming, error);
    };
    try {
      const answer = handler.call(this.#server, error);
      if (isResponse(answer)) send(answer);
      else Promise.resolve(answer).then(send, (again) => this.fail(incoming, again));
    } catch (again) {
      this.fail(incoming, again);
    }
  }

  // 500 if nothing was sent yet, else the connection is cut.
  #answerError(incoming: IncomingRequest, error: unknown): void {
    let fields = "Content-Type: text/plain;charset=utf-8\r\n";
    let body = "Something went wrong!";
    if (this.answers.development && (incoming.get("accept") ?? "").includes("text/html")) {
      const { errorPage } = require("crust:http/error_page") as typeof import("crust:http/error_page");
      fields = "Content-Type: text/html;charset=utf-8\r\n";
      body = errorPage(error, incoming.method, incoming.url);
    }
    this.#finished?.(incoming, 500, incoming.started);
    if (!ops.respond(incoming.handle, 500, undefined, fields, body)) incoming.cut();
    incoming.finish();
  }
}

function cookieLines(cookies: { toSetCookieHeaders(): string[] }): string {
  return cookies.toSetCookieHeaders().map((cookie) => `Set-Cookie: ${cookie}\r\n`).join("");
}

function unexpected(value: unknown): TypeError {
  const what = value === undefined || value === null ? String(value) : `an instance of ${(value as object).constructor?.name ?? typeof value}`;
  return new TypeError(`Expected a Response object, but received ${what}`);
}
