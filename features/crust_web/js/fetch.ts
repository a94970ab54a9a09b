// The global fetch: data:, blob: and file: are answered here, the network by http_fetch.ts.

import { readFileBytes } from "crust:ops/web";
import { Body } from "crust:web/body";
import { parseDataUrl } from "crust:web/data_url";
import { Headers } from "crust:web/headers";
import { Request } from "crust:web/request";
import type { RequestInit } from "crust:web/request";
import { networkResponse } from "crust:web/response";
import type { Response } from "crust:web/response";
import { URL } from "crust:web/url";
import { requireArguments } from "crust:web/webidl";

export async function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  requireArguments(arguments.length, 1);
  const request = new Request(input as string, init);
  request.signal.throwIfAborted();
  const url = new URL(request.url);
  switch (url.protocol) {
    case "data:":
      return fetchData(url);
    case "blob:":
      return fetchBlob(request, url);
    case "file:":
      return fetchFile(url);
    case "http:":
    case "https:":
      return fetchNetwork(request);
    default:
      throw failure(`fetch() does not know the scheme of ${url.href}`, "ERR_INVALID_PROTOCOL");
  }
}

function failure(message: string, code: string): TypeError {
  const error = new TypeError(message) as TypeError & { code: string };
  error.code = code;
  return error;
}

function fetchNetwork(request: Request): Promise<Response> {
  const { networkFetch } = require("crust:web/http_fetch") as typeof import("crust:web/http_fetch");
  return networkFetch(request);
}

function localResponse(url: URL, body: Body, type: string, length?: number): Response {
  const headers = new Headers({ "content-type": type });
  if (length !== undefined) {
    headers.set("content-length", String(length));
  }
  return networkResponse(200, "OK", headers, body, { url: url.href, redirected: false, type: "basic" });
}

function fetchData(url: URL): Response {
  const data = parseDataUrl(url.href);
  if (data === null) {
    throw failure("fetch() got an invalid data: URL", "ERR_INVALID_URL");
  }
  return localResponse(url, new Body(data.body, null, null), data.type);
}

function fetchBlob(request: Request, url: URL): Response {
  const { resolveObjectURL } = require("crust:web/blob_url") as typeof import("crust:web/blob_url");
  const blob = resolveObjectURL(url.href);
  if (blob === undefined || request.method !== "GET") {
    throw failure(`fetch() failed: ${url.href} is no object URL that can be read`, "ERR_INVALID_URL");
  }
  return localResponse(url, new Body(blob, null, null), blob.type, blob.size);
}

const TYPES: Record<string, string> = {
  css: "text/css;charset=utf-8",
  gif: "image/gif",
  htm: "text/html;charset=utf-8",
  html: "text/html;charset=utf-8",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript;charset=utf-8",
  json: "application/json;charset=utf-8",
  mjs: "text/javascript;charset=utf-8",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  ts: "text/javascript;charset=utf-8",
  txt: "text/plain;charset=utf-8",
  wasm: "application/wasm",
  webp: "image/webp",
};

async function fetchFile(url: URL): Promise<Response> {
  const bytes = await (readFileBytes(decodeURIComponent(url.pathname)) as Promise<Uint8Array>);
  const extension = /\.([^./]+)$/.exec(url.pathname)?.[1]?.toLowerCase() ?? "";
  return localResponse(url, new Body(bytes, null, null), TYPES[extension] ?? "application/octet-stream", bytes.length);
}
