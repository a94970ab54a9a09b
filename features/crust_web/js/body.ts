// The body of a Request or Response: extracting it from what users give, and reading it.
// A stream is made only when somebody asks for one; strings, bytes and blobs stay what they are.

import { blobBytesInMemory, blobFromBytes, isBlob } from "crust:web/blob";
import type { Blob } from "crust:web/blob";
import { decodeUtf8, encodeUtf8 } from "crust:web/encoding";
import { bytesOf, codedTypeError, isBufferSource, isObject, toUSVString } from "crust:web/webidl";
import type { ReadableStream } from "crust:web/streams/readable";

/** A body that is still on the wire: the HTTP feature brings one for each request it receives. */
export interface BodyProvider {
  /** Reads everything. Called at most once, and not after `stream`. */
  bytes(): Promise<Uint8Array>;
  /** Reads everything as UTF-8 text, if the provider can do that without bytes in between. */
  text?(): Promise<string>;
  /** The text of a body that is here already, without a promise. */
  textNow?(): string;
  /** The body as a stream. Called at most once, and not after `bytes` or `text`. */
  stream(): ReadableStream;
  /** Length in bytes if it is known. */
  readonly length?: number;
}

/** What a body is made of until it is read. Null together with a stream: only the stream has the data. */
export type BodySource = string | Uint8Array | Blob | BodyProvider | null;

export type BodyInit = string | BufferSource | Blob | object | ReadableStream | null;

let streamsModule: typeof import("crust:web/streams/readable") | undefined;

// Loaded when the first body needs a stream.
function streams(): typeof import("crust:web/streams/readable") {
  return (streamsModule ??= require("crust:web/streams/readable") as typeof import("crust:web/streams/readable"));
}

export class Body {
  source: BodySource;
  /** The stream, once somebody asked for it or the user gave one. */
  stream: ReadableStream | null;
  /** The type that goes into a missing content-type header. */
  readonly type: string | null;
  /** Set when the source was consumed without a stream. */
  used = false;

  constructor(source: BodySource, stream: ReadableStream | null, type: string | null) {
    this.source = source;
    this.stream = stream;
    this.type = type;
  }

  get isUsed(): boolean {
    return this.used || (this.stream !== null && streams().isDisturbed(this.stream));
  }

  get isUnusable(): boolean {
    return this.isUsed || (this.stream !== null && this.stream.locked);
  }

  /** The stream of the body, made now if there was none. */
  toStream(): ReadableStream {
    if (this.stream === null) {
      this.stream = this.used ? streams().closedStream() : this.#openStream();
    }
    return this.stream;
  }

  /** The stream for the platform's own reader, which takes all of it. */
  toWholeStream(): ReadableStream {
    return streams().readAsWhole(this.toStream());
  }

  #openStream(): ReadableStream {
    const source = this.source;
    this.source = isReplayable(source) ? source : null;
    if (isProvider(source)) {
      return source.stream();
    }
    if (isBlob(source)) {
      return source.stream();
    }
    return streams().streamOfBytes(() => (typeof source === "string" ? encodeUtf8(source) : (source ?? new Uint8Array(0)).slice()));
  }

  /** Takes the source for reading without a stream; null if the stream must be read. */
  #take(): BodySource {
    if (this.isUnusable) {
      throw codedTypeError("ERR_BODY_ALREADY_USED", "Body already used");
    }
    if (this.stream !== null) {
      return null;
    }
    this.used = true;
    const source = this.source;
    this.source = null;
    return source;
  }

  // Not async: each await costs as much as the rest, and a string or a provider needs none.
  text(): Promise<string> {
    let source: BodySource;
    try {
      source = this.#take();
    } catch (error) {
      return Promise.reject(error as Error);
    }
    if (typeof source === "string") {
      return Promise.resolve(source.charCodeAt(0) === 0xfeff ? source.slice(1) : source);
    }
    if (source instanceof Uint8Array) {
      return Promise.resolve(decodeUtf8(source));
    }
    if (isProvider(source) && source.text !== undefined) {
      return source.text();
    }
    return this.#read(source).then(decodeUtf8);
  }

  /** The text parsed as JSON. */
  json(): Promise<unknown> {
    const source = this.source;
    if (this.stream !== null || !isProvider(source) || source.textNow === undefined || this.isUnusable) {
      return this.text().then(parseJson);
    }
    // What is here needs no promise in between.
    this.used = true;
    this.source = null;
    try {
      return Promise.resolve(parseJson(source.textNow()));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** The bytes; the caller may keep and change them. */
  async bytes(): Promise<Uint8Array> {
    const source = this.#take();
    const bytes = await this.#read(source);
    return source instanceof Uint8Array || isBlob(source) ? bytes.slice() : bytes;
  }

  async #read(source: BodySource): Promise<Uint8Array> {
    if (source === null) {
      return streams().consumeBytes(this.stream as ReadableStream);
    }
    if (typeof source === "string") {
      return encodeUtf8(source);
    }
    if (source instanceof Uint8Array) {
      return source;
    }
    return isBlob(source) ? (blobBytesInMemory(source) ?? source.bytes()) : source.bytes();
  }

  /** A second body with the same content; both can be read. */
  clone(): Body {
    if (this.isUnusable) {
      throw codedTypeError("ERR_BODY_ALREADY_USED", "Body is disturbed or locked");
    }
    if (this.stream === null && isReplayable(this.source)) {
      return new Body(this.source, null, this.type);
    }
    const [mine, theirs] = streams().teeForClone(this.toStream());
    this.stream = mine;
    return new Body(null, theirs, this.type);
  }

  /** Moves the content into a new body and leaves this one used, as `new Request(request)` does. */
  handOver(): Body {
    const moved = new Body(this.source, null, this.type);
    if (this.stream !== null) {
      moved.source = null;
      moved.stream = streams().proxyStream(this.stream);
    } else {
      this.used = true;
      this.source = null;
    }
    return moved;
  }
}

// Both peers word this one case alike, and not as the engine does.
function parseJson(text: string): unknown {
  if (text === "") {
    throw new SyntaxError("Unexpected end of JSON input");
  }
  return JSON.parse(text);
}

function isProvider(source: BodySource): source is BodyProvider {
  return isObject(source) && !(source instanceof Uint8Array) && !isBlob(source);
}

function isReplayable(source: BodySource): boolean {
  return source !== null && !isProvider(source);
}

/** "Extract a body" of the Fetch standard, and Bun's async iterables. */
export function extractBody(init: BodyInit, keepalive = false): Body {
  if (typeof init === "string") {
    return new Body(init.isWellFormed() ? init : init.toWellFormed(), null, "text/plain;charset=UTF-8");
  }
  if (!isObject(init)) {
    return new Body(toUSVString(init), null, "text/plain;charset=UTF-8");
  }
  if (isBufferSource(init)) {
    return new Body(bytesOf(init).slice(), null, null);
  }
  if (isBlob(init)) {
    return new Body(init, null, init.type === "" ? null : init.type);
  }
  return extractFromObject(init, keepalive);
}

function extractFromObject(init: object, keepalive: boolean): Body {
  const tag = Object.prototype.toString.call(init);
  if (tag === "[object URLSearchParams]") {
    return new Body(String(init), null, "application/x-www-form-urlencoded;charset=UTF-8");
  }
  if (tag === "[object FormData]") {
    const { encodeMultipart, isFormData } = require("crust:web/form_data") as typeof import("crust:web/form_data");
    if (isFormData(init)) {
      const { body, type } = encodeMultipart(init);
      return new Body(body, null, type);
    }
  }
  if (tag === "[object ReadableStream]" && streams().isReadableStream(init)) {
    if (keepalive) {
      throw new TypeError("A keepalive request cannot have a stream as its body");
    }
    if (streams().isDisturbed(init) || init.locked) {
      throw codedTypeError("ERR_BODY_ALREADY_USED", "ReadableStream is locked or disturbed");
    }
    return new Body(null, init, null);
  }
  if (typeof (init as AsyncIterable<unknown>)[Symbol.asyncIterator] === "function") {
    return new Body(null, streams().streamOfChunks(init as AsyncIterable<unknown>), null);
  }
  return new Body(toUSVString(init), null, "text/plain;charset=UTF-8");
}

/** "Package data" as a blob of the given type. */
export async function bodyBlob(body: Body | null, type: string): Promise<Blob> {
  return blobFromBytes(body === null ? new Uint8Array(0) : await body.bytes(), type);
}

/** Parses the body as a form by its content type. */
export async function bodyFormData(body: Body | null, type: string): Promise<object> {
  const { parseFormData } = require("crust:web/form_data_parser") as typeof import("crust:web/form_data_parser");
  return parseFormData(body === null ? new Uint8Array(0) : await body.bytes(), type);
}

/** The type of a blob made from a body. */
export function blobType(contentType: string | null): string {
  if (contentType === null) {
    return "";
  }
  const { parseMimeType, serializeMimeType } = require("crust:web/mime_type") as typeof import("crust:web/mime_type");
  const type = parseMimeType(contentType);
  return type === null ? "" : serializeMimeType(type);
}
