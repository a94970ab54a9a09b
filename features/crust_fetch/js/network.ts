// fetch for http: and https: URLs: the steps from redirect to redirect, and the Response of the last one.

import { Body } from "crust:web/body";
import { headersFromSource } from "crust:web/headers";
import { requestBody } from "crust:web/request";
import type { Request } from "crust:web/request";
import { networkResponse } from "crust:web/response";
import type { Response } from "crust:web/response";
import { Ending, exchange, WireBody } from "crust:fetch/exchange";
import type { Head } from "crust:fetch/exchange";
import { codeFailure, failure } from "crust:fetch/failure";
import { firstHop, nextHop, wireFields, wireUrl } from "crust:fetch/hop";
import type { Hop } from "crust:fetch/hop";
import { connectionJson } from "crust:fetch/options";
import type { FetchOptions } from "crust:fetch/options";
import { takeUpload } from "crust:fetch/upload";

const REDIRECT_STATUS = new Set([301, 302, 303, 307, 308]);
const NULL_BODY_STATUS = new Set([101, 204, 205, 304]);

/** What a fetch was called with, beside its Request. */
export interface Call {
  /** The URL with the credentials that a Request has not. */
  url: string;
  authorization: string | null;
  options: FetchOptions;
}

/** Performs a request. */
export async function networkFetch(request: Request, call: Call, ending: Ending): Promise<Response> {
  try {
    return await followRedirects(request, call, ending);
  } catch (error) {
    ending.finish();
    throw error;
  }
}

async function followRedirects(request: Request, call: Call, ending: Ending): Promise<Response> {
  const { options } = call;
  const { redirect } = request;
  let hop = firstHop(request, call.url, call.authorization, takeUpload(requestBody(request)), options);
  for (let redirects = 0; ; redirects++) {
    const head = await send(hop, options, ending);
    const location = redirect !== "manual" && REDIRECT_STATUS.has(head.status) ? find(head.list, "location") : null;
    if (location === null) {
      return toResponse(head, hop, redirects > 0, ending);
    }
    if (head.body instanceof WireBody) {
      head.body.abandon();
    }
    if (redirect === "error") {
      throw codeFailure("UnexpectedRedirect", hop.url);
    }
    if (redirects >= options.maxRedirects) {
      throw failure("TooManyRedirects", "TooManyRedirects: The response redirected too many times. For more information, pass `verbose: true` in the second argument to fetch()", hop.url);
    }
    hop = nextHop(hop, head.status, location);
  }
}

async function send(hop: Hop, options: FetchOptions, ending: Ending): Promise<Head> {
  const { fields, length } = wireFields(hop);
  const url = wireUrl(hop.url);
  if (options.verbose !== null) {
    printer().printRequest(hop, fields, options.verbose);
  }
  const head = await exchange(
    {
      method: hop.method,
      url,
      fields,
      connection: connectionJson(options, url),
      upload: { ...hop.upload, length },
      keep: options.keepalive,
      decode: options.decompress,
      timeOut: options.timeout === undefined,
    },
    ending,
  );
  if (options.verbose !== null) {
    printer().printResponse(head);
  }
  return head;
}

function printer(): typeof import("crust:fetch/verbose") {
  return require("crust:fetch/verbose") as typeof import("crust:fetch/verbose");
}

function toResponse(head: Head, hop: Hop, redirected: boolean, ending: Ending): Response {
  const { status, list } = head;
  const headers = headersFromSource({ get: (name) => find(list, name), list: () => list });
  let body: Body | null = null;
  const isNull = hop.method === "HEAD" || NULL_BODY_STATUS.has(status);
  if (!isNull) {
    body = new Body(head.body, null, null);
  }
  if (!(head.body instanceof WireBody)) {
    ending.finish();
  } else if (isNull) {
    head.body.close();
  }
  return networkResponse(status, head.reason, headers, body, { url: hop.url.split("#", 1)[0] as string, redirected, type: "default" });
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
