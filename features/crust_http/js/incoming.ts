// A request on the wire as `Request` reads it: lazily, from the slab its head lies in. Also the handle by which its
// response is sent. Never parses HTTP: the natives did.

import * as ops from "crust:ops/http";
import { abortSignal } from "crust:web/abort";
import type { AbortSignal } from "crust:web/abort";
import { PendingBody } from "crust:http/pending_body";
import type { BodyProvider } from "crust:web/body";
import type { RequestSource } from "crust:web/request";

/** Words of one record of a batch, in the natives' order (`src/server/batch.rs`). */
export const RECORD_WORDS = 12;
const SLOT = 0;
const NUMBER = 1;
const SLAB = 2;
const OFFSET = 3;
const LENGTH = 4;
const METHOD = 5;
const TARGET_START = 6;
const TARGET_LENGTH = 7;
const BODY = 10;
const BODY_LENGTH = 11;

const BODY_KIND = 0xff;
const INLINE = 1;
const PENDING = 2;
const SECURE = 1 << 8;

const METHODS = ["", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"];

/** What all requests of a server share. */
export interface Origin {
  /** The server's id. */
  readonly id: number;
  /** Handle of slot 0, number 0. */
  readonly base: number;
  /** Scheme, host and port for requests that name no host of their own. */
  origin: string;
  /** Requests that somebody must tell of the client: a stream that waits, a signal that was read. */
  readonly watched: Map<number, IncomingRequest>;
}

const NUMBERS = 2 ** 27;
/** Handles of one server. */
export const HANDLES = NUMBERS * 2 ** 16;

/** The right to read a slab; it is given back when no request holds it any more. */
export class HeadLease {
  readonly slab: number;
  constructor(slab: number) {
    this.slab = slab;
  }
}

export class IncomingRequest implements RequestSource, BodyProvider {
  readonly server: Origin;
  readonly handle: number;
  readonly method: string;
  /** The `error` option already answered for this request. */
  failed = false;
  /** The client is gone. */
  gone = false;
  /** The connection speaks WebSocket now. */
  upgraded = false;
  /** When the handler was called, where somebody keeps a log. */
  started = 0;
  /** The cookies that the handler has looked at, and may have changed. */
  cookies: { toSetCookieHeaders(): string[] } | undefined;
  readonly #lease: HeadLease;
  readonly #offset: number;
  readonly #headLength: number;
  readonly #targetStart: number;
  readonly #targetLength: number;
  readonly #bodyFlags: number;
  readonly #bodyLength: number;
  #list: string[] | undefined;
  #signal: AbortSignal | undefined;
  #waiting: (() => void) | undefined;
  #pending: PendingBody | undefined;

  constructor(server: Origin, lease: HeadLease, words: Uint32Array, at: number) {
    this.server = server;
    this.handle = server.base + words[at + SLOT]! * NUMBERS + words[at + NUMBER]!;
    this.#lease = lease;
    this.#offset = words[at + OFFSET]!;
    this.#headLength = words[at + LENGTH]!;
    this.#targetStart = words[at + TARGET_START]!;
    this.#targetLength = words[at + TARGET_LENGTH]!;
    this.#bodyFlags = words[at + BODY]!;
    this.#bodyLength = words[at + BODY_LENGTH]!;
    const method = words[at + METHOD]!;
    this.method = method === 0 ? this.#otherMethod() : METHODS[method]!;
  }

  #otherMethod(): string {
    return (ops.headText(this.server.id, this.#lease.slab, this.#offset, this.#targetStart - 1) as string).trim();
  }

  /** The slab of a record, for the lease it needs. */
  static slabOf(words: Uint32Array, at: number): number {
    return words[at + SLAB]!;
  }

  /** Whether a body arrived with the head or is on its way. */
  get hasBody(): boolean {
    const kind = this.#bodyFlags & BODY_KIND;
    return kind === PENDING || (kind === INLINE && this.#bodyLength > 0);
  }

  get isSecure(): boolean {
    return (this.#bodyFlags & SECURE) !== 0;
  }

  get target(): string {
    return ops.headText(this.server.id, this.#lease.slab, this.#offset + this.#targetStart, this.#targetLength) as string;
  }

  /** Whether the client named a host by which `url` needs no parser. */
  get url(): string {
    const url = ops.headUrl(this.server.id, this.#lease.slab, this.#offset, this.#headLength, this.#targetStart, this.#targetLength, this.isSecure) as string | null;
    return url ?? this.#parseUrl();
  }

  #parseUrl(): string {
    const { target } = this;
    const host = this.get("host");
    for (const base of [`${this.isSecure ? "https" : "http"}://${host}`, this.server.origin]) {
      const absolute = target.startsWith("/") ? `${base}${target}` : target;
      if (URL.canParse(absolute)) return new URL(absolute).href;
    }
    return `${this.server.origin}/`;
  }

  /** Where the head lies, for natives that read it: server, slab, offset, length. */
  get head(): [number, number, number, number] {
    return [this.server.id, this.#lease.slab, this.#offset, this.#headLength];
  }

  list(): string[] {
    if (this.#list === undefined) {
      const parts = (ops.headList(this.server.id, this.#lease.slab, this.#offset, this.#headLength) as string).split("\0");
      parts.pop();
      this.#list = parts;
    }
    return this.#list;
  }

  get(name: string): string | null {
    return ops.headField(this.server.id, this.#lease.slab, this.#offset, this.#headLength, name) as string | null;
  }

  /** The body as `Request` reads it: this object where it came with the head. */
  get body(): BodyProvider | null {
    const kind = this.#bodyFlags & BODY_KIND;
    if (kind === PENDING) return (this.#pending ??= new PendingBody(this));
    return kind === INLINE ? this : null;
  }

  get length(): number {
    return this.#bodyLength;
  }

  /** The text of a body that is here, without a promise. */
  textNow(): string {
    const text = ops.headText(this.server.id, this.#lease.slab, this.#offset + this.#headLength, this.#bodyLength) as string;
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  text(): Promise<string> {
    return Promise.resolve(this.textNow());
  }

  bytes(): Promise<Uint8Array> {
    return Promise.resolve(ops.headBytes(this.server.id, this.#lease.slab, this.#offset + this.#headLength, this.#bodyLength) as Uint8Array);
  }

  stream(): ReadableStream {
    const { streamOfBytes } = require("crust:web/streams/readable") as typeof import("crust:web/streams/readable");
    return streamOfBytes(() => ops.headBytes(this.server.id, this.#lease.slab, this.#offset + this.#headLength, this.#bodyLength) as Uint8Array) as unknown as ReadableStream;
  }

  connectSignal(signal: AbortSignal): void {
    this.#signal = signal;
    if (this.gone) this.#abort();
    else this.watch();
  }

  /** Asks to be told when the client takes data, sends some or leaves. */
  watch(): void {
    this.server.watched.set(this.handle, this);
  }

  /** The response is complete. */
  finish(): void {
    if (this.server.watched.size > 0) this.server.watched.delete(this.handle);
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

  /** More of the body arrived. */
  bodyArrived(): void {
    this.#pending?.arrived();
  }

  aborted(): void {
    this.gone = true;
    this.finish();
    this.drained();
    this.#pending?.arrived();
    this.#abort();
  }

  #abort(): void {
    if (this.#signal !== undefined) abortSignal(this.#signal, new DOMException("The client closed the connection", "AbortError"));
  }

  /** Cuts off what was begun. */
  cut(): void {
    ops.respondEnd(this.handle, true);
    this.finish();
  }
}
