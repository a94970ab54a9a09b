// Request of the Fetch standard. A server's requests are lazy: url, headers and body are read from their source
// when asked for, so making one costs an object.

import { createSignal, dependentSignal, isAbortSignal } from "crust:web/abort";
import type { AbortSignal } from "crust:web/abort";
import { Body, blobType, bodyBlob, bodyFormData, extractBody } from "crust:web/body";
import type { BodyInit, BodyProvider } from "crust:web/body";
import type { Blob } from "crust:web/blob";
import { cloneHeaders, Headers, headersFromSource, setHeaderUnchecked } from "crust:web/headers";
import type { HeadersInit, HeadersSource } from "crust:web/headers";
import { exactBuffer } from "crust:web/response";
import { rejecting } from "crust:web/streams/deferred";
import type { URL } from "crust:web/url";
import { codedTypeError, defineInterface, defineLengths, inspectCustom, isObject, requireArguments, toDictionary, toDOMString, toUSVString } from "crust:web/webidl";
import type { ReadableStream } from "crust:web/streams/readable";

/** A request on the wire, as the HTTP feature hands it over. */
export interface RequestSource extends HeadersSource {
  readonly method: string;
  /** The absolute URL, normalized. */
  readonly url: string;
  /** Null for a request without a body. */
  readonly body: BodyProvider | string | Uint8Array | null;
  /** Called when the signal is first read; aborts it when the client goes away. */
  connectSignal?(signal: AbortSignal): void;
}

export interface RequestInit {
  method?: string;
  headers?: HeadersInit;
  body?: BodyInit;
  referrer?: string;
  referrerPolicy?: string;
  mode?: string;
  credentials?: string;
  cache?: string;
  redirect?: string;
  integrity?: string;
  keepalive?: boolean;
  signal?: AbortSignal | null;
  duplex?: string;
  window?: null;
  [option: string]: unknown;
}

// Settings that matter to few programs share one object until one of them is given.
interface Settings {
  referrer: string;
  referrerPolicy: string;
  mode: string;
  credentials: string;
  cache: string;
  redirect: string;
  integrity: string;
  keepalive: boolean;
  /** Options beyond the standard that fetch understands: tls, proxy, unix, verbose, decompress … */
  extra: Record<string, unknown> | null;
}

const DEFAULTS: Settings = {
  referrer: "about:client",
  referrerPolicy: "",
  mode: "cors",
  credentials: "same-origin",
  cache: "default",
  redirect: "follow",
  integrity: "",
  keepalive: false,
  extra: null,
};

const ENUMS: Record<string, readonly string[]> = {
  referrerPolicy: ["", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url"],
  mode: ["navigate", "same-origin", "no-cors", "cors"],
  credentials: ["omit", "same-origin", "include"],
  cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"],
  redirect: ["follow", "error", "manual"],
};

const EXTRA_OPTIONS = ["tls", "proxy", "unix", "verbose", "decompress", "timeout", "maxRedirects", "protocol", "compress", "s3"];
const NORMALIZED_METHODS = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);
const FORBIDDEN_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function checkMethod(value: unknown): string {
  const method = toDOMString(value);
  if (NORMALIZED_METHODS.has(method)) {
    return method;
  }
  const upper = method.toUpperCase();
  if (!TOKEN.test(method) || FORBIDDEN_METHODS.has(upper)) {
    throw new TypeError(`'${method}' is not a valid HTTP method`);
  }
  return NORMALIZED_METHODS.has(upper) ? upper : method;
}

function readSettings(init: RequestInit, base: Settings): Settings {
  let settings = base;
  const change = (changes: Partial<Settings>) => {
    settings = { ...settings, ...changes };
  };
  for (const name of Object.keys(ENUMS)) {
    if (init[name] !== undefined) {
      const value = toDOMString(init[name]);
      if (!(ENUMS[name] as string[]).includes(value)) {
        throw new TypeError(`'${value}' is not a valid value of "${name}"`);
      }
      if (name === "mode" && value === "navigate") {
        throw new TypeError("A request cannot be made with the mode 'navigate'");
      }
      change({ [name]: value });
    }
  }
  if (settings.cache === "only-if-cached" && settings.mode !== "same-origin") {
    throw new TypeError("'only-if-cached' can be set only with the mode 'same-origin'");
  }
  if (init.referrer !== undefined) {
    change({ referrer: checkReferrer(toUSVString(init.referrer)) });
  }
  if (init.integrity !== undefined) {
    change({ integrity: toDOMString(init.integrity) });
  }
  if (init.keepalive !== undefined) {
    change({ keepalive: Boolean(init.keepalive) });
  }
  for (const name of EXTRA_OPTIONS) {
    if (init[name] !== undefined) {
      change({ extra: { ...settings.extra, [name]: init[name] } });
    }
  }
  return settings;
}

let urlModule: typeof import("crust:web/url") | undefined;

// A server's requests bring their URL with them, so this is loaded when the first one is parsed.
function urls(): typeof import("crust:web/url") {
  return (urlModule ??= require("crust:web/url") as typeof import("crust:web/url"));
}

function checkReferrer(referrer: string): string {
  if (referrer === "" || referrer === "about:client") {
    return referrer;
  }
  const url = urls().normalizeUrl(referrer);
  if (url === null) {
    throw new TypeError(`Invalid referrer URL "${referrer}"`);
  }
  return url;
}

let sourceRequest: (source: RequestSource, Class: typeof Request) => Request;
let sourceOf: (request: Request) => RequestSource | null;
let bodyOf: (request: Request) => Body | null;
let settingsOf: (request: Request) => Settings;
let signalOf: (request: Request) => AbortSignal | null;
let isRequestObject: (value: object) => boolean;

// Set for the duration of `new Request` by `requestFromSource`.
let pendingSource: RequestSource | null = null;

export class Request {
  #method = "GET";
  #url: string | null = null;
  #headers: Headers | null = null;
  #body: Body | null = null;
  #signal: AbortSignal | null = null;
  #settings: Settings = DEFAULTS;
  #source: RequestSource | null = null;

  static {
    isRequestObject = (value) => #method in value;
    settingsOf = (request) => request.#settings;
    signalOf = (request) => request.#signal;
    bodyOf = (request) => request.#loadBody();
    sourceOf = (request) => request.#source;
    sourceRequest = (source, Class) => {
      pendingSource = source;
      return new Class("");
    };
  }

  constructor(input: string | URL | Request, init?: RequestInit) {
    if (pendingSource !== null) {
      this.#source = pendingSource;
      this.#method = pendingSource.method;
      pendingSource = null;
      return;
    }
    requireArguments(arguments.length, 1);
    const other = isObject(input) && isRequestObject(input) ? (input as Request) : null;
    // Bun also takes one object with a url.
    const bag = isObject(input) && other === null && init === undefined && typeof (input as unknown as { url?: unknown }).url === "string" && !("href" in input) ? (input as unknown as RequestInit) : init;
    if (other === null && bag === undefined) {
      this.#url = parseRequestUrl(toUSVString(input));
      return;
    }
    const options = toDictionary<RequestInit>(bag, "init") as RequestInit;
    if (other === null) {
      this.#url = parseRequestUrl(bag !== init ? toUSVString(options["url"]) : toUSVString(input));
    } else {
      this.#copyFrom(other);
    }
    this.#settings = readSettings(options, this.#settings);
    if (options.method !== undefined) {
      this.#method = checkMethod(options.method);
    }
    if (options.headers !== undefined) {
      this.#headers = new Headers(options.headers);
    }
    this.#follow(options.signal, other);
    this.#fillBody(options, other);
  }

  #copyFrom(other: Request): void {
    this.#url = other.url;
    this.#method = other.#method;
    this.#settings = other.#settings;
    this.#headers = cloneHeaders(other.headers);
  }

  #follow(given: unknown, other: Request | null): void {
    if (given !== undefined && given !== null && !isAbortSignal(given)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", "Failed to construct 'Request': signal is not of type AbortSignal.");
    }
    const signal = given === undefined ? (other?.signal ?? null) : given;
    if (signal !== null) {
      this.#signal = dependentSignal([signal as AbortSignal]);
    }
  }

  #fillBody(options: RequestInit, other: Request | null): void {
    const inherited = other === null ? null : other.#loadBody();
    const given = options.body;
    const hasBody = given !== undefined && given !== null;
    if ((hasBody || inherited !== null) && (this.#method === "GET" || this.#method === "HEAD")) {
      throw new TypeError("Request with GET/HEAD method cannot have body.");
    }
    if (options.duplex !== undefined && options.duplex !== "half") {
      throw new TypeError(`'${toDOMString(options.duplex)}' is not a valid value of "duplex"`);
    }
    if (hasBody) {
      this.#body = extractBody(given, this.#settings.keepalive);
      const type = this.#body.type;
      if (type !== null && !this.headers.has("content-type")) {
        setHeaderUnchecked(this.headers, "content-type", type);
      }
    } else if (inherited !== null) {
      if (inherited.isUnusable) {
        throw codedTypeError("ERR_BODY_ALREADY_USED", "Cannot construct a Request with a Request object that has already been used.");
      }
      this.#body = inherited.handOver();
    }
  }

  #loadBody(): Body | null {
    const source = this.#source;
    if (source !== null && this.#body === null && source.body !== null) {
      this.#body = new Body(source.body, null, null);
    }
    return this.#body;
  }

  get method(): string {
    return this.#method;
  }
  get url(): string {
    return (this.#url ??= (this.#source as RequestSource).url);
  }
  get headers(): Headers {
    return (this.#headers ??= this.#source === null ? new Headers() : headersFromSource(this.#source));
  }
  get signal(): AbortSignal {
    if (this.#signal === null) {
      this.#signal = createSignal();
      this.#source?.connectSignal?.(this.#signal);
    }
    return this.#signal;
  }
  get destination(): string {
    return "";
  }
  get referrer(): string {
    return this.#settings.referrer;
  }
  get referrerPolicy(): string {
    return this.#settings.referrerPolicy;
  }
  get mode(): string {
    return this.#settings.mode;
  }
  get credentials(): string {
    return this.#settings.credentials;
  }
  get cache(): string {
    return this.#settings.cache;
  }
  get redirect(): string {
    return this.#settings.redirect;
  }
  get integrity(): string {
    return this.#settings.integrity;
  }
  get keepalive(): boolean {
    return this.#settings.keepalive;
  }
  get isHistoryNavigation(): boolean {
    return false;
  }
  get isReloadNavigation(): boolean {
    return false;
  }
  get duplex(): string {
    return "half";
  }

  get body(): ReadableStream | null {
    return this.#loadBody()?.toStream() ?? null;
  }
  get bodyUsed(): boolean {
    return this.#body !== null && this.#body.isUsed;
  }

  text(): Promise<string> {
    return rejecting(() => this.#loadBody()?.text() ?? Promise.resolve(""));
  }
  json(): Promise<unknown> {
    return rejecting(() => (this.#loadBody() ?? new Body("", null, null)).json());
  }
  async bytes(): Promise<Uint8Array> {
    return this.#loadBody()?.bytes() ?? new Uint8Array(0);
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return exactBuffer((await this.#loadBody()?.bytes()) ?? new Uint8Array(0));
  }
  async blob(): Promise<Blob> {
    return bodyBlob(this.#loadBody(), blobType(this.headers.get("content-type")));
  }
  async formData(): Promise<object> {
    return bodyFormData(this.#loadBody(), this.headers.get("content-type") ?? "");
  }

  clone(): Request {
    const body = this.#loadBody()?.clone() ?? null;
    const copy = sourceRequest({ method: this.#method, url: this.url, body: null, get: () => null, list: () => [] }, Request);
    copy.#source = null;
    copy.#url = this.url;
    copy.#settings = this.#settings;
    copy.#headers = cloneHeaders(this.headers);
    copy.#signal = dependentSignal([this.signal]);
    copy.#body = body;
    return copy;
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    const { method, url, headers } = this;
    return `Request ${inspect({ method, url, headers }, options)}`;
  }
}
defineInterface(Request, "Request");
defineLengths(Request, { constructor: 1 });

function parseRequestUrl(input: string): string {
  const href = urls().normalizeUrl(input);
  if (href === null) {
    throw codedTypeError("ERR_INVALID_URL", `Failed to construct 'Request': Invalid URL "${input}"`);
  }
  if (href.includes("@")) {
    const url = urls().urlFromHref(href);
    if (url.username !== "" || url.password !== "") {
      throw new TypeError(`Failed to construct 'Request': the URL "${input}" has credentials`);
    }
  }
  return href;
}

/** A request that reads from a source, for servers. A class of theirs must pass its arguments on. */
export function requestFromSource(source: RequestSource, Class: typeof Request = Request): Request {
  return sourceRequest(source, Class);
}

/** Where a server's request reads from; null for others. */
export function requestSource(request: Request): RequestSource | null {
  return sourceOf(request);
}

/** True for a Request made here. */
export function isRequest(value: unknown): value is Request {
  return isObject(value) && isRequestObject(value);
}

/** The body record of a request, for fetch. */
export function requestBody(request: Request): Body | null {
  return bodyOf(request);
}

/** Options beyond the standard that were given, for fetch. */
export function requestExtra(request: Request): Record<string, unknown> | null {
  return settingsOf(request).extra;
}

/** The signal of a request if it has one that can be aborted; reading `signal` would make one. */
export function requestSignal(request: Request): AbortSignal | null {
  return signalOf(request);
}
