// The global fetch with `fetch.preconnect`: what the arguments mean, and which scheme answers.

import { debugging } from "crust:ops/config_api";
import { preconnect as openConnection } from "crust:ops/fetch";
import { Request, requestExtra, requestSignal } from "crust:web/request";
import type { RequestInit } from "crust:web/request";
import type { Response } from "crust:web/response";
import { normalizeUrl, URL } from "crust:web/url";
import { codedTypeError, isObject, requireArguments } from "crust:web/webidl";
import { Ending } from "crust:fetch/exchange";
import { argumentFailure } from "crust:fetch/failure";
import { wireUrl } from "crust:fetch/hop";
import { networkFetch } from "crust:fetch/network";
import { connectionJson, defaultOptions, readOptions } from "crust:fetch/options";
import { basicCredentials } from "crust:fetch/proxies";

export async function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  requireArguments(arguments.length, 1);
  const { target, full, authorization } = readTarget(input);
  const request = new Request(target as string, init);
  const signal = requestSignal(request);
  signal?.throwIfAborted();
  const url = full ?? request.url;
  if (url.startsWith("http:") || url.startsWith("https:")) {
    const options = await readOptions(requestExtra(request), init?.keepalive !== false, url);
    const response = networkFetch(request, { url, authorization, options }, new Ending(signal, true, options.timeout));
    if (debugging()) watch(request.method, url, response);
    return response;
  }
  return fetchLocal(request);
}

// What a debugged project is told: neither credentials nor the query, which may be secret.
function watch(method: string, url: string, response: Promise<Response>): void {
  const { assert, debug } = require("crust:config_api/debug") as typeof import("crust:config_api/debug");
  const { origin, pathname } = new URL(url);
  response.then(
    ({ status }) => {
      debug("fetch", `${method} ${origin}${pathname} is answered with ${status}`);
      assert("fetch", status >= 200 && status <= 599, "a status of a final answer");
    },
    (error) => debug("fetch", `${method} ${origin}${pathname} failed: ${error?.code ?? error?.name}`),
  );
}

// Credentials in a URL become a header; a Request would refuse them.
function readTarget(input: string | URL | Request): { target: unknown; full: string | null; authorization: string | null } {
  const isText = typeof input === "string" || (isObject(input) && "href" in input);
  if (isText && String(input).includes("@")) {
    const full = normalizeUrl(String(input));
    if (full !== null && (full.startsWith("http:") || full.startsWith("https:"))) {
      const authorization = basicCredentials(new URL(full));
      if (authorization !== null) {
        return { target: wireUrl(full), full, authorization };
      }
    }
  }
  return { target: input, full: null, authorization: null };
}

async function fetchLocal(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const { fetchBlob, fetchData, fetchFile } = require("crust:fetch/local_schemes") as typeof import("crust:fetch/local_schemes");
  switch (url.protocol) {
    case "data:":
      return fetchData(url);
    case "blob:":
      return fetchBlob(request, url);
    case "file:":
      return fetchFile(url);
    default:
      throw argumentFailure("ERR_INVALID_PROTOCOL", `fetch() does not know the scheme of ${url.href}`);
  }
}

/** Bun's extension: connects ahead of the request that will need it. What fails fails again then. */
export function preconnect(input: string | URL): void {
  requireArguments(arguments.length, 1);
  const url = normalizeUrl(String(input));
  if (url === null || !(url.startsWith("http:") || url.startsWith("https:"))) {
    throw codedTypeError("ERR_INVALID_URL", `fetch.preconnect needs an http or https URL. Received "${String(input)}"`);
  }
  const target = wireUrl(url);
  openConnection(target, connectionJson(defaultOptions(), target));
}

Object.defineProperty(fetch, "preconnect", { value: preconnect, writable: true, enumerable: true, configurable: true });
