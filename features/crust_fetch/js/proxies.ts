// Which proxy a URL is reached through: what the program says, else what the environment says.

import { encodeUtf8 } from "crust:web/encoding";
import { Headers, headersList } from "crust:web/headers";
import type { HeadersInit } from "crust:web/headers";
import { normalizeUrl, URL } from "crust:web/url";
import { isObject } from "crust:web/webidl";
import { argumentFailure, codeFailure } from "crust:fetch/failure";

/** A proxy as the native side takes it. */
export interface Proxy {
  secure: boolean;
  host: string;
  port: number;
  fields: string;
}

/** `user:password` of a URL as the value of an authorization header; null if it has none. */
export function basicCredentials(url: URL): string | null {
  if (url.username === "" && url.password === "") {
    return null;
  }
  const bytes = encodeUtf8(`${decode(url.username)}:${decode(url.password)}`);
  return `Basic ${(bytes as unknown as { toBase64(): string }).toBase64()}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function makeProxy(text: string, given: HeadersInit | undefined, target: string): Proxy {
  const href = normalizeUrl(text);
  if (href === null) {
    throw argumentFailure("ERR_INVALID_ARG_VALUE", "fetch() proxy URL is invalid");
  }
  const url = new URL(href);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw codeFailure("UnsupportedProxyProtocol", target);
  }
  const headers = new Headers(given);
  const credentials = basicCredentials(url);
  if (credentials !== null && !headers.has("proxy-authorization")) {
    headers.set("proxy-authorization", credentials);
  }
  const list = headersList(headers);
  const secure = url.protocol === "https:";
  return { secure, host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port) || (secure ? 443 : 80), fields: list.length === 0 ? "" : `${list.join("\0")}\0` };
}

/** The proxy that the option names; null for none, undefined to ask the environment. */
export function proxyOption(option: unknown, target: string): Proxy | null | undefined {
  if (option === undefined || option === null || option === "") {
    return undefined;
  }
  if (option === false) {
    return null;
  }
  if (typeof option === "string" || option instanceof URL) {
    return makeProxy(String(option), undefined, target);
  }
  if (isObject(option)) {
    const { url, headers } = option as { url?: unknown; headers?: HeadersInit };
    if (url === undefined || url === null || url === "") {
      return undefined;
    }
    return makeProxy(String(url), headers, target);
  }
  throw argumentFailure("ERR_INVALID_ARG_TYPE", "fetch() proxy must be a string, a URL or an object with a url");
}

type Environment = Record<string, string | undefined>;

/** The proxy that the environment names for a URL. */
export function environmentProxy(env: Environment, href: string): Proxy | null {
  const text = href.startsWith("https:") ? env["https_proxy"] || env["HTTPS_PROXY"] : env["http_proxy"] || env["HTTP_PROXY"];
  if (!text) {
    return null;
  }
  const url = new URL(href);
  const exceptions = env["no_proxy"] || env["NO_PROXY"];
  if (exceptions && isException(exceptions, url)) {
    return null;
  }
  return makeProxy(text.includes("://") ? text : `http://${text}`, undefined, href);
}

// Each of the comma-separated entries is `*`, a name that stands for its subdomains too, an address, or a range of
// addresses; the first three may have a port.
function isException(exceptions: string, url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return exceptions.split(",").some((each) => {
    let entry = each.trim().toLowerCase();
    if (entry === "" || entry === "*") {
      return entry === "*";
    }
    if (entry.includes("/")) {
      return isInRange(host, entry);
    }
    const withPort = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry);
    if (withPort !== null) {
      if (withPort[2] !== port) {
        return false;
      }
      entry = withPort[1] as string;
    }
    entry = entry.replace(/^\[|\]$/g, "").replace(/^\*?\./, "");
    return host === entry || host.endsWith(`.${entry}`);
  });
}

function isInRange(host: string, range: string): boolean {
  const [network, length] = range.split("/") as [string, string];
  const address = ipv4(host);
  const base = ipv4(network);
  const bits = Number(length);
  if (address === null || base === null || !(bits >= 0 && bits <= 32)) {
    return false;
  }
  const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
  return (address & mask) >>> 0 === (base & mask) >>> 0;
}

function ipv4(text: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (parts === null) {
    return null;
  }
  const bytes = parts.slice(1).map(Number);
  return bytes.some((byte) => byte > 255) ? null : bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
