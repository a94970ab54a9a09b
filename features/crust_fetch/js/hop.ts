// One step of a fetch: what is sent to one URL, and what the Fetch standard makes of it after a redirect.
// Sends nothing.

import { Headers, headersList } from "crust:web/headers";
import { navigator } from "crust:web/navigator";
import type { Request } from "crust:web/request";
import { normalizeUrl, URL } from "crust:web/url";
import { codeFailure, failure } from "crust:fetch/failure";
import type { FetchOptions } from "crust:fetch/options";
import { NO_UPLOAD } from "crust:fetch/upload";
import type { Upload } from "crust:fetch/upload";

export interface Hop {
  method: string;
  /** As the program or the server gave it, with fragment and credentials. */
  url: string;
  headers: Headers;
  upload: Upload;
}

const BODY_HEADERS = ["content-encoding", "content-language", "content-location", "content-type", "content-length"];
const CREDENTIAL_HEADERS = ["authorization", "proxy-authorization", "cookie", "host"];
const METHODS_WITHOUT_BODY = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** The first step, with the headers that a program need not give. */
export function firstHop(request: Request, url: string, authorization: string | null, upload: Upload, options: FetchOptions): Hop {
  const headers = new Headers(request.headers);
  if (authorization !== null && !headers.has("authorization")) {
    headers.set("authorization", authorization);
  }
  if (!options.keepalive) {
    headers.set("connection", "close");
  } else if (!headers.has("connection")) {
    headers.set("connection", "keep-alive");
  }
  if (!headers.has("user-agent")) {
    headers.set("user-agent", navigator.userAgent);
  }
  if (!headers.has("accept")) {
    headers.set("accept", "*/*");
  }
  if (!headers.has("accept-encoding") && options.decompress) {
    headers.set("accept-encoding", "gzip, deflate, br, zstd");
  }
  return { method: request.method, url, headers, upload };
}

/** Fields as the native side takes them. The length of a body is its own business, except where only the program
 * knows it. */
export function wireFields(hop: Hop): { fields: string; length: number } {
  const { upload } = hop;
  let { length } = upload;
  const list: string[] = [];
  const given = headersList(hop.headers);
  let host: string | null = null;
  for (let index = 0; index < given.length; index += 2) {
    const name = given[index] as string;
    const value = given[index + 1] as string;
    if (name === "content-length") {
      if (upload.open !== null && length < 0 && /^\d{1,15}$/.test(value)) {
        length = Number(value);
      }
    } else if (name === "host") {
      host = value;
    } else if (name !== "transfer-encoding") {
      list.push(name, value);
    }
  }
  list.push("host", host ?? hostOf(hop.url));
  const isEmpty = upload.open === null && (upload.whole === undefined || upload.whole.length === 0);
  if (isEmpty && !METHODS_WITHOUT_BODY.has(hop.method)) {
    list.push("content-length", "0");
  }
  return { fields: `${list.join("\0")}\0`, length };
}

// `host:port` of a normalized http URL.
function hostOf(url: string): string {
  const start = url.indexOf("//") + 2;
  const length = url.slice(start).search(/[/?#]/);
  const authority = length === -1 ? url.slice(start) : url.slice(start, start + length);
  return authority.slice(authority.lastIndexOf("@") + 1);
}

/** A URL as it is connected to: without fragment and credentials. */
export function wireUrl(url: string): string {
  const bare = url.split("#", 1)[0] as string;
  const authority = hostOf(bare);
  const start = bare.indexOf("//") + 2;
  const end = bare.indexOf(authority, start) + authority.length;
  return bare.slice(0, start) + authority + bare.slice(end);
}

/** "HTTP-redirect fetch" of the Fetch standard. */
export function nextHop(hop: Hop, status: number, location: string): Hop {
  let url = normalizeUrl(location, hop.url);
  if (url === null) {
    throw failure("RedirectURLInvalid", "RedirectURLInvalid: Redirect URL in Location header is invalid.", hop.url);
  }
  if (!url.startsWith("http:") && !url.startsWith("https:")) {
    throw codeFailure("UnsupportedRedirectProtocol", hop.url);
  }
  if (!url.includes("#") && hop.url.includes("#")) {
    url += hop.url.slice(hop.url.indexOf("#"));
  }
  const next: Hop = { ...hop, url, headers: new Headers(hop.headers) };
  const becomesGet = (status === 303 && hop.method !== "GET" && hop.method !== "HEAD") || ((status === 301 || status === 302) && hop.method === "POST");
  if (becomesGet) {
    next.method = "GET";
    next.upload = NO_UPLOAD;
    BODY_HEADERS.forEach((name) => next.headers.delete(name));
  } else if (!hop.upload.isReplayable) {
    throw new TypeError("Request body is a ReadableStream and cannot be replayed for this redirect");
  }
  if (new URL(url).origin !== new URL(hop.url).origin) {
    CREDENTIAL_HEADERS.forEach((name) => next.headers.delete(name));
  }
  return next;
}
