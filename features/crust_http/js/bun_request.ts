// The request that a route's handler gets: a Request with the path's parameters and cookies.

import type { IncomingRequest } from "crust:http/incoming";
import type { Parameter } from "crust:http/routes";
import { Request, requestSource } from "crust:web/request";

interface CookieMap {
  toSetCookieHeaders(): string[];
}

let setPattern: (request: BunRequest, pattern: Parameter[]) => void;

const NO_PARAMETERS = Object.freeze({});

export class BunRequest extends Request {
  #pattern: Parameter[] | undefined;
  #params: Record<string, string> | undefined;
  #cookies: CookieMap | undefined;

  static {
    setPattern = (request, pattern) => {
      request.#pattern = pattern;
    };
  }

  /** The parameters of the route, decoded. */
  get params(): Record<string, string> {
    return (this.#params ??= this.#readParams());
  }

  #readParams(): Record<string, string> {
    const source = requestSource(this) as IncomingRequest | null;
    const pattern = this.#pattern;
    if (source === null || pattern === undefined || pattern.length === 0) return { ...NO_PARAMETERS };
    const segments = pathOf(source).slice(1).split("/");
    const params: Record<string, string> = {};
    for (const { name, segment } of pattern) params[name] = decode(segments[segment] ?? "");
    return params;
  }

  /** The request's cookies; what is set here goes out with the response. */
  get cookies(): CookieMap {
    return (this.#cookies ??= this.#readCookies());
  }

  #readCookies(): CookieMap {
    const { cookieMapOf } = require("crust:http/cookies/cookie_map") as { cookieMapOf(header: string | null): CookieMap };
    const source = requestSource(this) as IncomingRequest | null;
    const cookies = cookieMapOf(this.headers.get("cookie"));
    if (source !== null) source.cookies = cookies;
    return cookies;
  }
}
Object.defineProperty(BunRequest, "name", { value: "Request" });

/** Tells a new request which route it came by. */
export function setRequestPattern(request: BunRequest, pattern: Parameter[]): void {
  setPattern(request, pattern);
}

function pathOf(source: IncomingRequest): string {
  const { target } = source;
  if (target.charCodeAt(0) !== 47) return new URL(source.url).pathname;
  const end = target.search(/[?#]/);
  return end < 0 ? target : target.slice(0, end);
}

function decode(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
