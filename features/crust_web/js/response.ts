// Response of the Fetch standard. Headers and streams are made when they are first read.
// The HTTP feature reads a response through `responseHead` and `takeResponseBody`; nothing here writes to a socket.

import { Body, bodyBlob, blobType, bodyFormData, extractBody } from "crust:web/body";
import type { BodyInit, BodySource } from "crust:web/body";
import type { Blob } from "crust:web/blob";
import { cloneHeaders, freezeHeaders, Headers, headersList, setHeaderUnchecked } from "crust:web/headers";
import type { HeadersInit } from "crust:web/headers";
import type { URL } from "crust:web/url";
import { rejecting } from "crust:web/streams/deferred";
import { codedTypeError, defineInterface, defineLengths, inspectCustom, isObject, requireArguments, toByteString, toDictionary, toUSVString } from "crust:web/webidl";
import type { ReadableStream } from "crust:web/streams/readable";

export interface ResponseInit {
  status?: number;
  statusText?: string;
  headers?: HeadersInit;
}

export type ResponseType = "basic" | "cors" | "default" | "error" | "opaque" | "opaqueredirect";

const NULL_BODY_STATUS = new Set([101, 103, 204, 205, 304]);
const REDIRECT_STATUS = new Set([301, 302, 303, 307, 308]);
// Bun also allows 101, which its server answers itself.
const SWITCHING_PROTOCOLS = 101;

interface NetworkFacts {
  url: string;
  redirected: boolean;
  type: ResponseType;
}

let bodyOf: (response: Response) => Body | null;
let headersOf: (response: Response) => Headers | null;
let hasImpliedType: (response: Response) => boolean;
let fromNetwork: (status: number, statusText: string, headers: Headers, body: Body | null, facts: NetworkFacts) => Response;
let isResponseObject: (value: object) => boolean;

function checkStatus(value: unknown): number {
  const status = Math.trunc(Number(value)) & 0xffff;
  if ((status < 200 || status > 599) && status !== SWITCHING_PROTOCOLS) {
    throw new RangeError(`The status provided (${String(value)}) must be 101 or in the range of [200, 599]`);
  }
  return status;
}

function checkStatusText(value: unknown): string {
  const text = toByteString(value, "statusText");
  if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) {
    throw new TypeError("Invalid statusText");
  }
  return text;
}

export class Response {
  #body: Body | null = null;
  #status = 200;
  #statusText = "";
  #headers: Headers | null = null;
  #facts: NetworkFacts | null = null;
  // Whether the content-type header came from the body.
  #typeIsImplied = false;

  static {
    isResponseObject = (value) => #status in value;
    bodyOf = (response) => response.#body;
    headersOf = (response) => response.#headers;
    hasImpliedType = (response) => response.#typeIsImplied;
    fromNetwork = (status, statusText, headers, body, facts) => {
      const response = new Response();
      response.#status = status;
      response.#statusText = statusText;
      response.#headers = headers;
      response.#body = body;
      response.#facts = facts;
      return response;
    };
  }

  constructor(body?: BodyInit, init?: ResponseInit) {
    if (init !== undefined && init !== null) {
      this.#initialize(init);
    }
    if (body !== undefined && body !== null) {
      if (NULL_BODY_STATUS.has(this.#status)) {
        throw new TypeError(`Response with status ${this.#status} cannot have a body`);
      }
      this.#body = extractBody(body);
      if (this.#headers !== null) {
        this.#addContentType(this.#headers);
      }
    }
  }

  #initialize(init: ResponseInit): void {
    const { status, statusText, headers } = toDictionary<ResponseInit>(init, "init");
    if (status !== undefined) {
      this.#status = checkStatus(status);
    }
    if (statusText !== undefined) {
      this.#statusText = checkStatusText(statusText);
    }
    if (headers !== undefined) {
      this.#headers = new Headers(headers);
    }
  }

  #addContentType(headers: Headers): void {
    const type = this.#body?.type;
    if (type !== null && type !== undefined && !headers.has("content-type")) {
      setHeaderUnchecked(headers, "content-type", type);
      this.#typeIsImplied = true;
    }
  }

  static error(): Response {
    const headers = new Headers();
    freezeHeaders(headers);
    return fromNetwork(0, "", headers, null, { url: "", redirected: false, type: "error" });
  }

  static redirect(url: string | URL, status: number | ResponseInit = 302): Response {
    requireArguments(arguments.length, 1);
    const location = toLocation(toUSVString(url));
    // Bun also takes an init object here.
    const response = isObject(status) ? new Response(null, { status: 302, ...status }) : new Response();
    if (!isObject(status)) {
      response.#status = Math.trunc(Number(status)) & 0xffff;
    }
    if (!REDIRECT_STATUS.has(response.#status)) {
      throw new RangeError("Failed to execute 'redirect' on 'Response': Invalid status code");
    }
    const headers = new Headers(response.#headers ?? undefined);
    setHeaderUnchecked(headers, "location", location);
    response.#headers = headers;
    return response;
  }

  static json(data: unknown, init?: ResponseInit): Response {
    requireArguments(arguments.length, 1);
    const text = JSON.stringify(data);
    if (text === undefined) {
      throw new TypeError("Value is not JSON serializable");
    }
    const response = new Response(null, typeof init === "number" ? { status: init } : init);
    if (NULL_BODY_STATUS.has(response.#status)) {
      throw new TypeError(`Response with status ${response.#status} cannot have a body`);
    }
    response.#body = new Body(text, null, "application/json");
    if (response.#headers !== null) {
      response.#addContentType(response.#headers);
    }
    return response;
  }

  get type(): ResponseType {
    return this.#facts?.type ?? "default";
  }
  get url(): string {
    return this.#facts?.url ?? "";
  }
  get redirected(): boolean {
    return this.#facts?.redirected ?? false;
  }
  get status(): number {
    return this.#status;
  }
  get ok(): boolean {
    return this.#status >= 200 && this.#status <= 299;
  }
  get statusText(): string {
    return this.#statusText;
  }

  get headers(): Headers {
    if (this.#headers === null) {
      this.#headers = new Headers();
      this.#addContentType(this.#headers);
    }
    return this.#headers;
  }

  get body(): ReadableStream | null {
    return this.#body === null ? null : this.#body.toStream();
  }
  get bodyUsed(): boolean {
    return this.#body !== null && this.#body.isUsed;
  }

  text(): Promise<string> {
    return rejecting(() => (this.#body === null ? Promise.resolve("") : this.#body.text()));
  }
  json(): Promise<unknown> {
    return rejecting(() => (this.#body ?? new Body("", null, null)).json());
  }
  async bytes(): Promise<Uint8Array> {
    return this.#body === null ? new Uint8Array(0) : this.#body.bytes();
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return exactBuffer(this.#body === null ? new Uint8Array(0) : await this.#body.bytes());
  }
  async blob(): Promise<Blob> {
    return bodyBlob(this.#body, blobType(this.headers.get("content-type")));
  }
  async formData(): Promise<object> {
    return bodyFormData(this.#body, this.headers.get("content-type") ?? "");
  }

  clone(): Response {
    const body = this.#body === null ? null : this.#body.clone();
    const copy = new Response();
    copy.#status = this.#status;
    copy.#statusText = this.#statusText;
    copy.#headers = this.#headers === null ? null : cloneHeaders(this.#headers);
    copy.#facts = this.#facts;
    copy.#typeIsImplied = this.#typeIsImplied;
    copy.#body = body;
    return copy;
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    const { ok, url, status, statusText, headers, redirected, bodyUsed } = this;
    return `Response ${inspect({ ok, url, status, statusText, headers, redirected, bodyUsed }, options)}`;
  }
}
defineInterface(Response, "Response");
defineLengths(Response, { constructor: 0, "static json": 1 });

// Bun answers redirects to paths, so a relative location is kept as it was written.
function toLocation(url: string): string {
  const { normalizeUrl } = require("crust:web/url") as typeof import("crust:web/url");
  const absolute = normalizeUrl(url);
  if (absolute === null && normalizeUrl(url, "http://localhost/") === null) {
    throw codedTypeError("ERR_INVALID_URL", `Failed to execute 'redirect' on 'Response': Invalid URL "${url}"`);
  }
  return absolute ?? toByteString(encodeURI(url), "a location");
}

/** The buffer of bytes that were made for one reader. */
export function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const buffer = bytes.buffer as ArrayBuffer;
  return bytes.byteOffset === 0 && bytes.byteLength === buffer.byteLength ? buffer : buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

/** True for a Response made here. */
export function isResponse(value: unknown): value is Response {
  return isObject(value) && isResponseObject(value);
}

/** A response that came from the network or from a fetch scheme. As in Bun its headers can be changed, so that a
 * proxy may edit and pass it on. */
export function networkResponse(status: number, statusText: string, headers: Headers, body: Body | null, facts: NetworkFacts): Response {
  return fromNetwork(status, statusText, headers, body, facts);
}

/**
 * What the HTTP feature needs to write the head: header names and values, or null when the user gave none and
 * only the body's own content type counts (see `responseContentType`).
 */
export function responseHeaderList(response: Response): string[] | null {
  const headers = headersOf(response);
  if (headers === null) {
    return null;
  }
  const list = headersList(headers);
  if (hasImpliedType(response)) {
    const index = list.indexOf("content-type");
    if (index !== -1 && list[index + 1] === bodyOf(response)?.type) {
      list[index + 1] = responseContentType(response) as string;
    }
  }
  return list;
}

// What Bun writes for these types when the body implies them; `headers` shows the standard's.
const WIRE_TYPES: Record<string, string> = {
  "text/plain;charset=UTF-8": "text/plain;charset=utf-8",
  "application/json": "application/json;charset=utf-8",
};

/** The content type implied by the body, for a response whose header list is null. */
export function responseContentType(response: Response): string | null {
  const body = bodyOf(response);
  const type = body?.type ?? null;
  // A blob's type is the user's own.
  return type !== null && typeof body?.source === "string" ? (WIRE_TYPES[type] ?? type) : type;
}

/** True if the body was read or is locked, so that it cannot be sent. */
export function isResponseBodyUnusable(response: Response): boolean {
  return bodyOf(response)?.isUnusable ?? false;
}

/**
 * Takes the body for sending and marks it used: a string, bytes, a blob, a stream to read, or null for none.
 * The caller has checked `isResponseBodyUnusable`.
 */
export function takeResponseBody(response: Response): string | Uint8Array | Blob | ReadableStream | null {
  const body = bodyOf(response);
  if (body === null) {
    return null;
  }
  const source: BodySource = body.source;
  if (body.stream !== null || source === null || !(typeof source === "string" || source instanceof Uint8Array || isBlobLike(source))) {
    return body.toWholeStream();
  }
  body.used = true;
  return source;
}

/** The source of the body if it can be sent any number of times: for static routes. Null otherwise. */
export function peekResponseBody(response: Response): string | Uint8Array | Blob | null {
  const body = bodyOf(response);
  if (body === null || body.stream !== null || body.used) {
    return null;
  }
  const source = body.source;
  return typeof source === "string" || source instanceof Uint8Array || isBlobLike(source) ? source : null;
}

function isBlobLike(source: BodySource): source is Blob {
  return isObject(source) && "slice" in source;
}

