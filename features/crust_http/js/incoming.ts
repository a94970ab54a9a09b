// A request on the wire as `Request` reads it: lazily. Also the handle by which its response is sent.
// Never parses HTTP: the natives did.

import * as ops from "crust:ops/http";
import { abortSignal } from "crust:web/abort";
import type { AbortSignal } from "crust:web/abort";
import type { RequestSource } from "crust:web/request";

// Requests that somebody must tell of the client: a stream that waits, a signal that was read.
const watched = new Map<string, IncomingRequest>();
const byRequest = new WeakMap<object, IncomingRequest>();

// A path that `new URL` would leave as it is.
const PLAIN_TARGET = /^\/(?!\/)[A-Za-z0-9\-._~!$&'()*+,;=:@/]*(?:\?[A-Za-z0-9\-._~!$&()*+,;=:@/?%]*)?$/;
const PLAIN_HOST = /^[a-z0-9\-.]+(?::\d+)?$/;

export class IncomingRequest implements RequestSource {
  readonly server: number;
  readonly handle: number;
  readonly method: string;
  readonly target: string;
  readonly body: Uint8Array | null;
  /** The `error` option already answered for this request. */
  failed = false;
  /** The client is gone. */
  gone = false;
  #fields: string;
  #list: string[] | undefined;
  #url: string | undefined;
  #origin: string;
  #signal: AbortSignal | undefined;
  #waiting: (() => void) | undefined;

  constructor(server: number, handle: number, method: string, target: string, fields: string, body: Uint8Array | undefined, origin: string) {
    this.server = server;
    this.handle = handle;
    this.method = method;
    this.target = target;
    this.#fields = fields;
    this.body = body ?? null;
    this.#origin = origin;
  }

  static of(request: unknown): IncomingRequest | undefined {
    return typeof request === "object" && request !== null ? byRequest.get(request) : undefined;
  }

  static find(server: number, handle: number): IncomingRequest | undefined {
    return watched.get(`${server}:${handle}`);
  }

  remember(request: object): void {
    byRequest.set(request, this);
  }

  /** The path of the target, for routes. */
  get path(): string {
    const { target } = this;
    if (target.charCodeAt(0) !== 47) return new URL(this.url).pathname;
    const end = target.search(/[?#]/);
    return end < 0 ? target : target.slice(0, end);
  }

  get url(): string {
    return (this.#url ??= this.#makeUrl());
  }

  #makeUrl(): string {
    const host = this.get("host");
    if (host !== null && PLAIN_HOST.test(host) && !host.endsWith(":80") && PLAIN_TARGET.test(this.target) && !this.target.includes("/.")) {
      return `http://${host}${this.target}`;
    }
    for (const base of [`http://${host}`, this.#origin]) {
      const absolute = this.target.startsWith("/") ? `${base}${this.target}` : this.target;
      if (URL.canParse(absolute)) return new URL(absolute).href;
    }
    return `${this.#origin}/`;
  }

  list(): string[] {
    if (this.#list !== undefined) return this.#list;
    const parts = this.#fields.split("\0");
    parts.pop();
    for (let index = 0; index < parts.length; index += 2) parts[index] = parts[index]!.toLowerCase();
    return (this.#list = parts);
  }

  get(name: string): string | null {
    const list = this.list();
    let value: string | null = null;
    for (let index = 0; index < list.length; index += 2) {
      if (list[index] === name) value = value === null ? list[index + 1]! : `${value}${name === "cookie" ? "; " : ", "}${list[index + 1]}`;
    }
    return value;
  }

  connectSignal(signal: AbortSignal): void {
    this.#signal = signal;
    if (this.gone) this.#abort();
    else this.watch();
  }

  /** Asks to be told when the client takes data or leaves. */
  watch(): void {
    watched.set(`${this.server}:${this.handle}`, this);
  }

  /** The response is complete. */
  finish(): void {
    watched.delete(`${this.server}:${this.handle}`);
  }

  /** Resolves when the client took what was sent, or left. */
  waitForDrain(): Promise<void> {
    this.watch();
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  drained(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  aborted(): void {
    this.gone = true;
    this.finish();
    this.drained();
    this.#abort();
  }

  #abort(): void {
    if (this.#signal !== undefined) abortSignal(this.#signal, new DOMException("The client closed the connection", "AbortError"));
  }

  /** Answers 500 if nothing was sent yet, else cuts the connection. */
  fail(): void {
    if (!ops.respond(this.server, this.handle, 500, undefined, "content-type: text/plain;charset=utf-8\r\n", "Something went wrong!")) {
      ops.respondEnd(this.server, this.handle, true);
    }
    this.finish();
  }
}
