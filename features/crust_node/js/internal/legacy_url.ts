// The parser behind `url.parse`, `url.format` and `url.resolve`, older and laxer than the WHATWG URL.
// Loaded only by programs that still use it.

import { codes } from "crust:node/internal/errors";
import { validateString } from "crust:node/internal/validators";

/** Protocols whose URLs carry no host. */
const hostless = new Set(["javascript", "javascript:"]);
/** Protocols that always have `//` and a path. */
const slashed = new Set(["http", "https", "ftp", "gopher", "file", "ws", "wss"].flatMap((name) => [name, `${name}:`]));

const protocolPattern = /^[a-z0-9.+-]+:/i;
const authorityPattern = /^\/\/[^@/]+@[^@/]+/;
const simplePath = /^(\/\/?(?!\/)[^?\s]*)(\?[^\s]*)?$/;
const portPattern = /:[0-9]*$/;
const forbiddenInHost = /[\0\t\n\r #%/:<>?@[\\\]^|]/;
const forbiddenInIPv6 = /[\0\t\n\r #%/<>?@\\^|]/;

const escapes: Record<string, string> = Object.fromEntries([..."\t\n\r \"'<>\\^`{|}"].map((c) => [c, `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`]));

export class Url {
  protocol: string | null = null;
  slashes: boolean | null = null;
  auth: string | null = null;
  host: string | null = null;
  port: string | null = null;
  hostname: string | null = null;
  hash: string | null = null;
  search: string | null = null;
  query: any = null;
  pathname: string | null = null;
  path: string | null = null;
  href = "";

  parse(url: string, parseQueryString?: boolean, slashesDenoteHost?: boolean): this {
    validateString(url, "url");
    parseInto(this, url, Boolean(parseQueryString), Boolean(slashesDenoteHost));
    return this;
  }

  format(): string {
    return format(this);
  }

  resolve(relative: string): string {
    return this.resolveObject(parse(relative, false, true)).format();
  }

  resolveObject(relative: any): Url {
    return resolveUrl(this, typeof relative === "string" ? parse(relative, false, true) : relative);
  }

  parseHost(): void {
    let host = this.host!;
    const port = portPattern.exec(host)?.[0];
    if (port !== undefined) {
      if (port !== ":") this.port = port.slice(1);
      host = host.slice(0, host.length - port.length);
    }
    if (host) this.hostname = host;
  }
}

export function parse(url: any, parseQueryString?: boolean, slashesDenoteHost?: boolean): Url {
  if (url instanceof Url) return url;
  return new Url().parse(url, parseQueryString, slashesDenoteHost);
}

/** Trims, and turns backslashes before the query into slashes. */
function tidy(url: string): string {
  const text = url.replace(/^[\s\ufeff]+|[\s\ufeff]+$/g, "");
  const end = text.search(/[?#]/);
  return end === -1 ? text.replaceAll("\\", "/") : text.slice(0, end).replaceAll("\\", "/") + text.slice(end);
}

function setQuery(out: Url, search: string | undefined, parseQueryString: boolean): void {
  if (search !== undefined) {
    out.search = search;
    out.query = parseQueryString ? require("node:querystring").parse(search.slice(1)) : search.slice(1);
  } else if (parseQueryString) {
    out.search = null;
    out.query = Object.create(null);
  }
}

function parseInto(out: Url, url: string, parseQueryString: boolean, slashesDenoteHost: boolean): void {
  let rest = tidy(url);
  if (!slashesDenoteHost && !rest.includes("#") && !rest.includes("@")) {
    const simple = simplePath.exec(rest);
    if (simple) {
      out.path = out.href = rest;
      out.pathname = simple[1]!;
      setQuery(out, simple[2], parseQueryString);
      return;
    }
  }
  const protocol = protocolPattern.exec(rest)?.[0];
  const lower = protocol?.toLowerCase();
  if (protocol) {
    out.protocol = lower!;
    rest = rest.slice(protocol.length);
  }
  let slashes = false;
  if (slashesDenoteHost || protocol || authorityPattern.test(rest)) {
    slashes = rest.startsWith("//");
    if (slashes && !(lower && hostless.has(lower))) {
      rest = rest.slice(2);
      out.slashes = true;
    }
  }
  if (!(lower && hostless.has(lower)) && (slashes || (protocol && !slashed.has(lower!)))) rest = readAuthority(out, rest, url);
  if (!(lower && hostless.has(lower))) rest = rest.replace(/[\t\n\r "'<>\\^`{|}]/g, (character) => escapes[character]!);
  readPath(out, rest, parseQueryString);
  if (lower && slashed.has(lower) && out.hostname && !out.pathname) out.pathname = "/";
  if (out.pathname || out.search) out.path = (out.pathname ?? "") + (out.search ?? "");
  out.href = format(out);
}

/** Takes user, host and port off the front of `rest`. */
function readAuthority(out: Url, rest: string, url: string): string {
  let end = rest.search(/[/?#]/);
  if (end === -1) end = rest.length;
  const at = rest.lastIndexOf("@", end - 1);
  let hostStart = 0;
  if (at !== -1) {
    out.auth = decodeURIComponent(rest.slice(0, at));
    hostStart = at + 1;
  }
  // These end a host although they end no authority.
  const stop = rest.slice(hostStart, end).search(/[\t\n\r "%';<>\\^`{|}]/);
  const hostEnd = stop === -1 ? end : hostStart + stop;
  out.host = rest.slice(hostStart, hostEnd);
  out.parseHost();
  rest = rest.slice(hostEnd);
  if (typeof out.hostname !== "string") out.hostname = "";
  if (/[^[]:[^\]]*$/.test(out.hostname) && !out.hostname.startsWith("[")) throw new codes.ERR_INVALID_ARG_VALUE!("url", "Invalid port in url", url);
  checkHost(out, url);
  const ipv6 = out.hostname.startsWith("[") && out.hostname.endsWith("]");
  if (!ipv6) {
    if (out.hostname !== "") {
      const ascii = toAscii(out.hostname);
      if (ascii === "") throw new codes.ERR_INVALID_URL!(url);
      out.hostname = ascii;
    }
  }
  out.host = `${out.hostname}${out.port ? `:${out.port}` : ""}`;
  if (ipv6) {
    out.hostname = out.hostname.slice(1, -1);
    if (rest[0] !== "/") rest = `/${rest}`;
  }
  return rest;
}

function checkHost(out: Url, url: string): void {
  const host = out.hostname!;
  out.hostname = host.length > 255 ? "" : host.toLowerCase();
  const ipv6 = host.startsWith("[") && host.endsWith("]");
  if ((ipv6 ? forbiddenInIPv6 : forbiddenInHost).test(host)) throw new codes.ERR_INVALID_URL!(url);
}

function toAscii(host: string): string {
  // eslint-disable-next-line no-control-regex -- every code point outside ASCII
  if (!/[^\u0000-\u007f]/.test(host)) return host;
  return require("node:url").domainToASCII(host);
}

function readPath(out: Url, rest: string, parseQueryString: boolean): void {
  const hash = rest.indexOf("#");
  if (hash !== -1) {
    out.hash = rest.slice(hash);
    rest = rest.slice(0, hash);
  }
  const question = rest.indexOf("?");
  setQuery(out, question === -1 ? undefined : rest.slice(question), parseQueryString);
  const pathname = question === -1 ? rest : rest.slice(0, question);
  if (pathname) out.pathname = pathname;
}

function encodeAuth(auth: string): string {
  return encodeURIComponent(auth).replace(/%3A/i, ":");
}

function formatHost(url: any): string | false {
  const auth = url.auth ? `${encodeAuth(url.auth)}@` : "";
  if (url.host) return auth + url.host;
  if (!url.hostname) return false;
  const name = url.hostname.includes(":") && !(url.hostname.startsWith("[") && url.hostname.endsWith("]")) ? `[${url.hostname}]` : url.hostname;
  return `${auth}${name}${url.port ? `:${url.port}` : ""}`;
}

export function format(url: any): string {
  let protocol: string = url.protocol || "";
  let pathname: string = url.pathname || "";
  let hash: string = url.hash || "";
  let host: string | false = formatHost(url);
  let query = "";
  if (url.query !== null && typeof url.query === "object") query = require("node:querystring").stringify(url.query);
  let search: string = url.search || (query && `?${query}`) || "";
  if (protocol && !protocol.endsWith(":")) protocol += ":";
  pathname = pathname.replace(/[?#]/g, (character) => (character === "?" ? "%3F" : "%23"));
  if (url.slashes || slashed.has(protocol)) {
    if (url.slashes || host) {
      if (pathname && pathname[0] !== "/") pathname = `/${pathname}`;
      host = `//${host || ""}`;
    } else if (protocol.startsWith("file")) host = "//";
  }
  search = search.replaceAll("#", "%23");
  if (hash && hash[0] !== "#") hash = `#${hash}`;
  if (search && search[0] !== "?") search = `?${search}`;
  return protocol + (host || "") + pathname + search + hash;
}

export function resolve(from: any, to: any): string {
  return parse(from, false, true).resolve(to);
}

export function resolveObject(from: any, to: any): any {
  return from ? parse(from, false, true).resolveObject(to) : to;
}

function copyOf(url: Url): Url {
  return Object.assign(new Url(), url);
}

function resolveUrl(base: Url, relative: Url): Url {
  const out = copyOf(base);
  out.hash = relative.hash;
  if (relative.href === "") {
    out.href = out.format();
    return out;
  }
  if (relative.slashes && !relative.protocol) return withAuthority(out, relative);
  if (relative.protocol && relative.protocol !== out.protocol) return withProtocol(out, relative);
  return withPath(out, relative);
}

/** `//host/path`: everything but the protocol is the relative one's. */
function withAuthority(out: Url, relative: Url): Url {
  const { protocol } = out;
  Object.assign(out, relative, { protocol });
  if (slashed.has(protocol ?? "") && out.hostname && !out.pathname) out.path = out.pathname = "/";
  out.href = out.format();
  return out;
}

/** Another protocol: a slashed one may lend its path as a host. */
function withProtocol(out: Url, relative: Url): Url {
  if (!slashed.has(relative.protocol!)) {
    Object.assign(out, relative);
    out.href = out.format();
    return out;
  }
  out.protocol = relative.protocol;
  if (!relative.host && !/^file:?$/.test(relative.protocol!) && !hostless.has(relative.protocol!)) {
    const parts = (relative.pathname || "").split("/");
    while (parts.length > 0 && !(relative.host = parts.shift()!));
    relative.host ||= "";
    relative.hostname ||= "";
    if (parts[0] !== "") parts.unshift("");
    if (parts.length < 2) parts.unshift("");
    out.pathname = parts.join("/");
  } else out.pathname = relative.pathname;
  out.search = relative.search;
  out.query = relative.query;
  out.host = relative.host || "";
  out.auth = relative.auth;
  out.hostname = relative.hostname || relative.host;
  out.port = relative.port;
  if (out.pathname || out.search) out.path = (out.pathname || "") + (out.search || "");
  out.slashes = out.slashes || relative.slashes;
  out.href = out.format();
  return out;
}

/** In a protocol without slashes the first segment of a path stands for the host. */
function liftHost(url: Url, parts: string[]): void {
  url.hostname = "";
  url.port = null;
  if (url.host) {
    if (parts[0] === "") parts[0] = url.host;
    else parts.unshift(url.host);
  }
  url.host = "";
}

function splitAuth(out: Url): void {
  const at = out.host && out.host.indexOf("@") > 0 ? out.host.split("@") : undefined;
  if (!at) return;
  out.auth = at.shift()!;
  out.host = out.hostname = at.shift()!;
}

function withPath(out: Url, relative: Url): Url {
  const baseAbsolute = out.pathname?.[0] === "/";
  const relativeAbsolute = Boolean(relative.host) || relative.pathname?.[0] === "/";
  let mustEndAbsolute: boolean = relativeAbsolute || baseAbsolute || Boolean(out.host && relative.pathname);
  let removeAllDots = mustEndAbsolute;
  let parts = out.pathname ? out.pathname.split("/") : [];
  const more = relative.pathname ? relative.pathname.split("/") : [];
  const bare = Boolean(out.protocol && !slashed.has(out.protocol));
  if (bare) {
    liftHost(out, parts);
    if (relative.protocol) {
      relative.hostname = null;
      relative.port = null;
      out.auth = null;
      if (relative.host) {
        if (more[0] === "") more[0] = relative.host;
        else more.unshift(relative.host);
      }
      relative.host = null;
    }
    mustEndAbsolute = mustEndAbsolute && (more[0] === "" || parts[0] === "");
  }
  if (relativeAbsolute) {
    if (relative.host || relative.host === "") {
      if (out.host !== relative.host) out.auth = null;
      out.host = relative.host;
      out.port = relative.port;
    }
    if (relative.hostname || relative.hostname === "") {
      if (out.hostname !== relative.hostname) out.auth = null;
      out.hostname = relative.hostname;
    }
    out.search = relative.search;
    out.query = relative.query;
    parts = more;
  } else if (more.length > 0) {
    parts.pop();
    parts = parts.concat(more);
    out.search = relative.search;
    out.query = relative.query;
  } else if (relative.search !== null && relative.search !== undefined) {
    if (bare) {
      out.hostname = out.host = parts.shift() ?? "";
      splitAuth(out);
    }
    out.search = relative.search;
    out.query = relative.query;
    if (out.pathname !== null || out.search !== null) out.path = (out.pathname || "") + (out.search || "");
    out.href = out.format();
    return out;
  }
  if (parts.length === 0) {
    out.pathname = null;
    out.path = out.search ? `/${out.search}` : null;
    out.href = out.format();
    return out;
  }
  return finishPath(out, relative, parts, bare, mustEndAbsolute, removeAllDots);
}

function finishPath(out: Url, relative: Url, parts: string[], bare: boolean, absolute: boolean, removeAllDots: boolean): Url {
  const last = parts[parts.length - 1]!;
  const trailing = ((out.host || relative.host || parts.length > 1) && (last === "." || last === "..")) || last === "";
  let up = 0;
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i];
    if (part === ".") parts.splice(i, 1);
    else if (part === "..") {
      parts.splice(i, 1);
      up++;
    } else if (up > 0) {
      parts.splice(i, 1);
      up--;
    }
  }
  if (!absolute && !removeAllDots) while (up-- > 0) parts.unshift("..");
  if (absolute && parts[0] !== "" && (!parts[0] || parts[0][0] !== "/")) parts.unshift("");
  if (trailing && parts.join("/").at(-1) !== "/") parts.push("");
  const isAbsolute = parts[0] === "" || parts[0]?.[0] === "/";
  if (bare) {
    out.hostname = out.host = isAbsolute ? "" : parts.length > 0 ? parts.shift()! : "";
    splitAuth(out);
  }
  absolute = absolute || Boolean(out.host && parts.length > 0);
  if (absolute && !isAbsolute) parts.unshift("");
  if (parts.length === 0) {
    out.pathname = null;
    out.path = null;
  } else out.pathname = parts.join("/");
  if (out.pathname !== null || out.search !== null) out.path = (out.pathname || "") + (out.search || "");
  out.auth = relative.auth || out.auth;
  out.slashes = out.slashes || relative.slashes;
  out.href = out.format();
  return out;
}
