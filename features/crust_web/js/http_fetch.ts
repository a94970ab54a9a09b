// fetch for http: over the native client: default headers, redirects, abort signals, content codings and the Response.
// Request bodies are sent whole; https: is refused.

import { httpCancel, httpRead, httpReadAll, httpSend } from "crust:ops/web";
import { addAbortAlgorithm } from "crust:web/abort";
import { Body } from "crust:web/body";
import type { BodyProvider } from "crust:web/body";
import { Headers, headersFromSource, headersList } from "crust:web/headers";
import { navigator } from "crust:web/navigator";
import { requestBody, requestExtra } from "crust:web/request";
import type { Request } from "crust:web/request";
import { networkResponse } from "crust:web/response";
import type { Response } from "crust:web/response";
import { ReadableStream, readAllBytes } from "crust:web/streams/readable";
import type { ReadableByteStreamController } from "crust:web/streams/byte_controller_classes";
import { normalizeUrl, URL } from "crust:web/url";

// The Fetch standard's limit.
const MOST_REDIRECTS = 20;
const REDIRECT_STATUS = new Set([301, 302, 303, 307, 308]);
const NULL_BODY_STATUS = new Set([101, 204, 205, 304]);
const BODY_HEADERS = ["content-encoding", "content-language", "content-location", "content-type", "content-length"];
const CREDENTIAL_HEADERS = ["authorization", "proxy-authorization", "cookie", "host"];

// Content codings by the names of DecompressionStream's formats.
const CODINGS: Record<string, string> = { gzip: "gzip", "x-gzip": "gzip", deflate: "deflate" };

// Bun's option `decompress: false` leaves the body as it came.
function isDecompressing(request: Request): boolean {
  return requestExtra(request)?.["decompress"] !== false;
}

let nextId = 1;
// An exchange whose response nobody read is ended when the response is collected.
const unread = new FinalizationRegistry<number>((id) => httpCancel(id));

interface Hop {
  method: string;
  url: string;
  headers: Headers;
  body: Uint8Array | undefined;
}

function failure(code: string, message: string, url: string): TypeError {
  return Object.assign(new TypeError(message), { code, path: url, errno: 0 });
}

class WireBody implements BodyProvider {
  readonly #id: number;
  readonly #request: Request;
  // The content coding to undo, or null.
  readonly #coding: string | null;

  constructor(id: number, request: Request, coding: string | null) {
    this.#id = id;
    this.#request = request;
    this.#coding = coding;
    unread.register(this, id, this);
  }

  async #settle<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      this.#close();
      throw this.#request.signal.aborted ? this.#request.signal.reason : error;
    }
  }

  #close(): void {
    unread.unregister(this);
    httpCancel(this.#id);
  }

  async bytes(): Promise<Uint8Array> {
    if (this.#coding !== null) {
      return readAllBytes(this.stream());
    }
    const bytes = await this.#settle(httpReadAll(this.#id) as Promise<Uint8Array>);
    this.#close();
    return bytes;
  }

  stream(): ReadableStream {
    if (this.#coding === null) {
      return this.#rawStream();
    }
    const { DecompressionStream } = require("crust:web/compression_streams") as typeof import("crust:web/compression_streams");
    return this.#rawStream().pipeThrough(new DecompressionStream(this.#coding));
  }

  #rawStream(): ReadableStream {
    let controller: ReadableByteStreamController | undefined;
    const { signal } = this.#request;
    const stream = new ReadableStream({
      type: "bytes",
      start: (given: ReadableByteStreamController) => {
        controller = given;
      },
      pull: async (target: ReadableByteStreamController) => {
        const chunk = await this.#settle(httpRead(this.#id) as Promise<Uint8Array | null>);
        if (chunk !== null) {
          target.enqueue(chunk);
          return;
        }
        this.#close();
        target.close();
        target.byobRequest?.respond(0);
      },
      cancel: () => this.#close(),
    });
    if (!signal.aborted) {
      addAbortAlgorithm(signal, () => controller?.error(signal.reason));
    }
    return stream;
  }
}

function firstHop(request: Request, body: Uint8Array | undefined): Hop {
  const headers = new Headers(request.headers);
  if (!headers.has("user-agent")) {
    headers.set("user-agent", navigator.userAgent);
  }
  if (!headers.has("accept")) {
    headers.set("accept", "*/*");
  }
  if (!headers.has("accept-encoding") && isDecompressing(request)) {
    headers.set("accept-encoding", "gzip, deflate");
  }
  headers.delete("content-length");
  if (body !== undefined || request.method === "POST" || request.method === "PUT") {
    headers.set("content-length", String(body?.length ?? 0));
  }
  return { method: request.method, url: request.url, headers, body };
}

function wireHeaders(headers: Headers): string {
  const list = headersList(headers);
  return list.length === 0 ? "" : `${list.join("\0")}\0`;
}

type Head = [number, string, ...string[]];

async function exchange(id: number, hop: Hop, request: Request): Promise<Head> {
  const signal = request.signal;
  signal.throwIfAborted();
  addAbortAlgorithm(signal, () => httpCancel(id));
  try {
    const url = hop.url.split("#", 1)[0] as string;
    return await (httpSend(id, hop.method, url, wireHeaders(hop.headers), hop.body) as Promise<Head>);
  } catch (error) {
    httpCancel(id);
    throw signal.aborted ? signal.reason : error;
  }
}

function nextHop(hop: Hop, status: number, location: string): Hop {
  const url = normalizeUrl(location, hop.url);
  if (url === null) {
    throw failure("ERR_INVALID_REDIRECT", `The server redirected to an invalid URL: ${location}`, hop.url);
  }
  const next: Hop = { ...hop, url: url.includes("#") || !hop.url.includes("#") ? url : url + hop.url.slice(hop.url.indexOf("#")), headers: new Headers(hop.headers) };
  const becomesGet = (status === 303 && hop.method !== "GET" && hop.method !== "HEAD") || ((status === 301 || status === 302) && hop.method === "POST");
  if (becomesGet) {
    next.method = "GET";
    next.body = undefined;
    BODY_HEADERS.forEach((name) => next.headers.delete(name));
  }
  if (new URL(next.url).origin !== new URL(hop.url).origin) {
    CREDENTIAL_HEADERS.forEach((name) => next.headers.delete(name));
  }
  return next;
}

function toResponse(id: number, head: Head, hop: Hop, redirected: boolean, request: Request): Response {
  const [status, reason, ...list] = head;
  const headers = headersFromSource({ get: (name) => find(list, name), list: () => list });
  let body: Body | null = null;
  if (hop.method === "HEAD" || NULL_BODY_STATUS.has(status)) {
    httpCancel(id);
  } else {
    const coding = isDecompressing(request) ? (CODINGS[(headers.get("content-encoding") ?? "").toLowerCase()] ?? null) : null;
    body = new Body(new WireBody(id, request, coding), null, null);
  }
  const url = hop.url.split("#", 1)[0] as string;
  return networkResponse(status, reason, headers, body, { url, redirected, type: "default" });
}

function find(list: string[], name: string): string | null {
  let found: string | null = null;
  for (let index = 0; index < list.length; index += 2) {
    if (list[index] === name) {
      found = found === null ? (list[index + 1] as string) : `${found}, ${list[index + 1]}`;
    }
  }
  return found;
}

/** Performs a request whose scheme is http or https. */
export async function networkFetch(request: Request): Promise<Response> {
  const body = await requestBody(request)?.bytes();
  let hop = firstHop(request, body);
  for (let redirects = 0; ; redirects++) {
    if (!hop.url.startsWith("http:")) {
      throw failure("ERR_METHOD_NOT_IMPLEMENTED", `fetch() over TLS is not implemented: ${hop.url}`, hop.url);
    }
    const id = nextId++;
    const head = await exchange(id, hop, request);
    const location = REDIRECT_STATUS.has(head[0]) ? find(head.slice(2) as string[], "location") : null;
    if (location === null || request.redirect === "manual") {
      return toResponse(id, head, hop, redirects > 0, request);
    }
    httpCancel(id);
    if (request.redirect === "error") {
      throw failure("UnexpectedRedirect", `UnexpectedRedirect fetching "${hop.url}"`, hop.url);
    }
    if (redirects === MOST_REDIRECTS) {
      throw failure("TooManyRedirects", "TooManyRedirects: The response redirected too many times.", hop.url);
    }
    hop = nextHop(hop, head[0], location);
  }
}
