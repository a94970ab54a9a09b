// The options of fetch beyond the standard: tls, proxy, unix, protocol, timeout, maxRedirects, decompress, verbose.
// Checks them and writes what the native side needs as JSON.

import { isBlob } from "crust:web/blob";
import { bytesOf, isBufferSource, isObject } from "crust:web/webidl";
import { argumentFailure, codeFailure } from "crust:fetch/failure";
import { environmentProxy, proxyOption } from "crust:fetch/proxies";
import type { Proxy } from "crust:fetch/proxies";

/** Options of one fetch, checked. */
export interface FetchOptions {
  unix: string | undefined;
  proxy: Proxy | null | undefined;
  tls: TlsJson | undefined;
  protocol: "h1" | "h2" | undefined;
  /** Milliseconds for all of the exchange; 0 for no limit of ours either; undefined for the usual one. */
  timeout: number | undefined;
  maxRedirects: number;
  decompress: boolean;
  verbose: "lines" | "curl" | null;
  keepalive: boolean;
}

interface TlsJson {
  ca?: string[];
  cert?: string;
  key?: string;
  passphrase?: string;
  rejectUnauthorized?: boolean;
  serverName?: string;
}

// The Fetch standard's limit.
const MOST_REDIRECTS = 20;
const PROTOCOLS: Record<string, "h1" | "h2" | "h3"> = { "http1.1": "h1", h1: "h1", http2: "h2", h2: "h2", http3: "h3", h3: "h3" };

function environment(): Record<string, string | undefined> {
  return (globalThis as unknown as { process: { env: Record<string, string | undefined> } }).process.env;
}

/** Options of a fetch that gives none. */
export function defaultOptions(): FetchOptions {
  const configured = environment()["BUN_CONFIG_VERBOSE_FETCH"];
  return {
    unix: undefined,
    proxy: undefined,
    tls: undefined,
    protocol: undefined,
    timeout: undefined,
    maxRedirects: MOST_REDIRECTS,
    decompress: true,
    verbose: configured === "curl" ? "curl" : configured === "true" || configured === "1" ? "lines" : null,
    keepalive: true,
  };
}

/** Reads the options that a Request has kept. */
export async function readOptions(extra: Record<string, unknown> | null, keepalive: boolean, url: string): Promise<FetchOptions> {
  const options = defaultOptions();
  options.keepalive = keepalive;
  if (extra === null) {
    return options;
  }
  refuseMissing(extra);
  options.proxy = proxyOption(extra["proxy"], url);
  options.protocol = protocolOption(extra["protocol"], url);
  options.decompress = extra["decompress"] !== false;
  if (extra["unix"] !== undefined && extra["unix"] !== null && extra["unix"] !== "") {
    options.unix = String(extra["unix"]);
  }
  if (extra["verbose"] !== undefined) {
    options.verbose = extra["verbose"] === "curl" ? "curl" : extra["verbose"] ? "lines" : null;
  }
  if (extra["timeout"] !== undefined) {
    options.timeout = timeoutOption(extra["timeout"]);
  }
  if (extra["maxRedirects"] !== undefined) {
    options.maxRedirects = redirectsOption(extra["maxRedirects"]);
  }
  if (isObject(extra["tls"])) {
    options.tls = await tlsOption(extra["tls"] as Record<string, unknown>);
  }
  return options;
}

function refuseMissing(extra: Record<string, unknown>): void {
  for (const name of ["compress", "s3"]) {
    if (extra[name] !== undefined && extra[name] !== false && extra[name] !== null) {
      throw argumentFailure("ERR_METHOD_NOT_IMPLEMENTED", `fetch() does not support the option "${name}" in Crust yet`);
    }
  }
}

function protocolOption(value: unknown, url: string): "h1" | "h2" | undefined {
  if (value === undefined) {
    return undefined;
  }
  const protocol = PROTOCOLS[String(value)];
  if (protocol === undefined) {
    throw argumentFailure("ERR_INVALID_ARG_TYPE", `fetch: 'protocol' must be "http2", "h2", "http3", "h3", "http1.1", or "h1"`);
  }
  if (protocol === "h3") {
    throw codeFailure("HTTP3Unsupported", url);
  }
  if (protocol === "h2" && !url.startsWith("https:")) {
    throw codeFailure("HTTP2Unsupported", url);
  }
  return protocol;
}

function timeoutOption(value: unknown): number | undefined {
  if (typeof value === "boolean") {
    return value ? undefined : 0;
  }
  const milliseconds = Number(value);
  if (!(milliseconds >= 0)) {
    throw argumentFailure("ERR_INVALID_ARG_VALUE", `fetch: 'timeout' must be false or a number of milliseconds. Received ${String(value)}`);
  }
  return milliseconds === Number.POSITIVE_INFINITY ? 0 : milliseconds;
}

function redirectsOption(value: unknown): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0) {
    throw argumentFailure("ERR_OUT_OF_RANGE", `fetch: 'maxRedirects' must be a non-negative integer. Received ${String(value)}`);
  }
  return count;
}

async function tlsOption(tls: Record<string, unknown>): Promise<TlsJson | undefined> {
  if (typeof tls["checkServerIdentity"] === "function") {
    throw argumentFailure("ERR_METHOD_NOT_IMPLEMENTED", "fetch() does not support the option tls.checkServerIdentity in Crust yet");
  }
  const json: TlsJson = {};
  if (tls["rejectUnauthorized"] !== undefined) {
    json.rejectUnauthorized = Boolean(tls["rejectUnauthorized"]);
  }
  const name = tls["serverName"] ?? tls["servername"];
  if (name !== undefined && name !== null && name !== "") {
    json.serverName = String(name);
  }
  if (tls["ca"] !== undefined && tls["ca"] !== null) {
    json.ca = await texts(tls["ca"], "ca");
  }
  for (const field of ["cert", "key"] as const) {
    if (tls[field] !== undefined && tls[field] !== null) {
      json[field] = (await texts(tls[field], field)).join("\n");
    }
  }
  if ((json.cert === undefined) !== (json.key === undefined)) {
    throw argumentFailure("ERR_INVALID_ARG_VALUE", `fetch: tls.${json.cert === undefined ? "key" : "cert"} needs tls.${json.cert === undefined ? "cert" : "key"}`);
  }
  if (typeof tls["passphrase"] === "string") {
    json.passphrase = tls["passphrase"];
  }
  return Object.keys(json).length === 0 ? undefined : json;
}

// Certificates and keys: text, bytes, a file, or a list of these; as texts of one character per byte.
async function texts(value: unknown, name: string): Promise<string[]> {
  const list = Array.isArray(value) ? value : [value];
  return Promise.all(
    list.map(async (item) => {
      if (typeof item === "string") {
        return item;
      }
      const bytes = isBlob(item) ? await item.bytes() : isBufferSource(item) ? bytesOf(item) : null;
      if (bytes === null) {
        throw argumentFailure("ERR_INVALID_ARG_TYPE", `fetch: tls.${name} must be a string, a buffer, a file or an array of these`);
      }
      let text = "";
      for (const byte of bytes) {
        text += String.fromCharCode(byte);
      }
      return text;
    }),
  );
}

/** The native side's JSON for a URL; empty if there is nothing to say. */
export function connectionJson(options: FetchOptions, url: string): string {
  const env = environment();
  const proxy = options.unix === undefined && options.proxy === undefined ? environmentProxy(env, url) : options.proxy;
  let { tls } = options;
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0" && tls?.rejectUnauthorized === undefined) {
    tls = { ...tls, rejectUnauthorized: false };
  }
  const { unix, protocol } = options;
  if (unix === undefined && (proxy === null || proxy === undefined) && tls === undefined && protocol === undefined) {
    return "";
  }
  return JSON.stringify({ unix, proxy: proxy ?? undefined, tls, protocol });
}
