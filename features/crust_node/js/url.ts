// `node:url`: paths and file URLs, and the legacy parser (in internal/legacy_url, loaded when used).
// The WHATWG classes are the web's own.

import { codes } from "crust:node/internal/errors";
import { validateObject, validateString } from "crust:node/internal/validators";

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_FILE_URL_HOST, ERR_INVALID_FILE_URL_PATH, ERR_INVALID_URL_SCHEME } = codes as any;

export const { URL, URLSearchParams, URLPattern } = globalThis as any;

const isWindows = process.platform === "win32";

function legacy(): any {
  return require("crust:node/internal/legacy_url");
}

export function parse(url: any, parseQueryString?: boolean, slashesDenoteHost?: boolean): any {
  return legacy().parse(url, parseQueryString, slashesDenoteHost);
}

export function resolve(from: any, to: any): string {
  return legacy().resolve(from, to);
}

export function resolveObject(from: any, to: any): any {
  return legacy().resolveObject(from, to);
}

/** The class of what `parse` returns; made by `new Url()` too. */
export const Url: any = new Proxy(function Url() {}, {
  construct: () => new (legacy().Url)(),
  get: (_target, key) => legacy().Url[key],
  getPrototypeOf: () => Object.getPrototypeOf(legacy().Url),
});

interface FormatOptions {
  auth?: boolean;
  fragment?: boolean;
  search?: boolean;
  unicode?: boolean;
}

export function format(input: any, options?: FormatOptions): string {
  if (typeof input === "string") return legacy().format(legacy().parse(input));
  if (typeof input !== "object" || input === null) throw new ERR_INVALID_ARG_TYPE("urlObject", ["Object", "string"], input);
  if (input instanceof URL) return formatStandard(input, options);
  return legacy().format(input);
}

function formatStandard(url: any, options?: FormatOptions): string {
  let auth = true;
  let fragment = true;
  let search = true;
  let unicode = false;
  if (options) {
    validateObject(options, "options");
    if (options.fragment !== undefined) fragment = Boolean(options.fragment);
    if (options.unicode !== undefined) unicode = Boolean(options.unicode);
    if (options.search !== undefined) search = Boolean(options.search);
    if (options.auth !== undefined) auth = Boolean(options.auth);
  }
  if (auth && fragment && search && !unicode) return url.href;
  let out = url.protocol;
  if (url.host || url.href.startsWith(`${url.protocol}//`)) {
    out += "//";
    if (auth && (url.username || url.password)) out += `${url.username}${url.password ? `:${url.password}` : ""}@`;
    out += unicode ? domainToUnicode(url.hostname) : url.hostname;
    if (url.port) out += `:${url.port}`;
  }
  out += url.pathname;
  if (search) out += url.search;
  if (fragment) out += url.hash;
  return out;
}

export function domainToASCII(domain: string): string {
  if (arguments.length < 1) throw new (codes as any).ERR_MISSING_ARGS("domain");
  try {
    return new URL(`ws://${domain}`).hostname;
  } catch {
    return "";
  }
}

export function domainToUnicode(domain: string): string {
  if (arguments.length < 1) throw new (codes as any).ERR_MISSING_ARGS("domain");
  const ascii = domainToASCII(domain);
  return ascii === "" ? "" : require("node:punycode").toUnicode(ascii);
}

function toUrl(path: any): any {
  if (typeof path === "string") return new URL(path);
  if (path === null || typeof path !== "object" || !path.href || !path.protocol || path.auth !== undefined || path.path !== undefined) {
    throw new ERR_INVALID_ARG_TYPE("path", ["string", "URL"], path);
  }
  return path;
}

function checkFileUrl(path: any): any {
  const url = toUrl(path);
  if (url.protocol !== "file:") throw new ERR_INVALID_URL_SCHEME("file");
  return url;
}

function posixPath(url: any): string {
  if (url.hostname !== "") throw new ERR_INVALID_FILE_URL_HOST(process.platform);
  if (/%2f/i.test(url.pathname)) throw new ERR_INVALID_FILE_URL_PATH("must not include encoded / characters", url.href);
  return url.pathname;
}

function windowsPath(url: any): string {
  if (/%2f|%5c/i.test(url.pathname)) throw new ERR_INVALID_FILE_URL_PATH("must not include encoded \\ or / characters", url);
  const path = decodeURIComponent(url.pathname.replaceAll("/", "\\"));
  if (url.hostname !== "") return `\\\\${domainToUnicode(url.hostname)}${path}`;
  if (!/^\\[a-zA-Z]:/.test(path)) throw new ERR_INVALID_FILE_URL_PATH("must be absolute", url);
  return path.slice(1);
}

export function fileURLToPath(path: any, options?: { windows?: boolean }): string {
  const url = checkFileUrl(path);
  return (options?.windows ?? isWindows) ? windowsPath(url) : decodeURIComponent(posixPath(url));
}

/** Like `fileURLToPath`, for paths that are no valid UTF-8. */
export function fileURLToPathBuffer(path: any, options?: { windows?: boolean }): any {
  const url = checkFileUrl(path);
  const { Buffer } = require("node:buffer");
  if (options?.windows ?? isWindows) return Buffer.from(windowsPath(url));
  if (url.hostname !== "") throw new ERR_INVALID_FILE_URL_HOST(process.platform);
  return Buffer.from(require("node:querystring").unescapeBuffer(url.pathname));
}

const needsEscape = /[%\\\n\r\t?#]/;
const escapes: Record<string, string> = { "%": "%25", "\\": "%5C", "\n": "%0A", "\r": "%0D", "\t": "%09", "?": "%3F", "#": "%23" };

export function pathToFileURL(path: string, options?: { windows?: boolean }): any {
  validateString(path, "path");
  const windows = options?.windows ?? isWindows;
  const { posix, win32 } = require("node:path");
  if (windows && path.startsWith("\\\\")) return uncToUrl(path);
  let resolved: string = (windows ? win32 : posix).resolve(path);
  // A trailing separator says "directory" and resolve drops it.
  if (/[/]$/.test(path) || (windows && path.endsWith("\\"))) if (!resolved.endsWith(windows ? "\\" : "/")) resolved += windows ? "\\" : "/";
  if (windows) resolved = `/${resolved.replaceAll("\\", "/")}`;
  if (needsEscape.test(resolved)) resolved = resolved.replace(/[%\\\n\r\t?#]/g, (character) => escapes[character]!);
  return new URL(`file://${resolved}`);
}

function uncToUrl(path: string): any {
  const extended = path.startsWith("\\\\?\\UNC\\");
  const start = extended ? 8 : 2;
  const end = path.indexOf("\\", start);
  if (end === -1) throw new ERR_INVALID_ARG_VALUE("path", path, "Missing UNC resource path");
  if (end === 2) throw new ERR_INVALID_ARG_VALUE("path", path, "Empty UNC servername");
  const url = new URL("file://");
  url.hostname = path.slice(start, end);
  url.pathname = path.slice(end).replaceAll("\\", "/").replace(/[%\n\r\t?#]/g, (character) => escapes[character]!);
  return url;
}

export function urlToHttpOptions(url: any): any {
  const { hostname, pathname, port, username, password, search } = url;
  const options: any = Object.assign(Object.create(null), url, {
    protocol: url.protocol,
    hostname: hostname && hostname[0] === "[" ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ""}${search || ""}`,
    href: url.href,
  });
  if (port !== "") options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

export default {
  Url, parse, resolve, resolveObject, format, URL, URLPattern, URLSearchParams, domainToASCII, domainToUnicode, pathToFileURL,
  fileURLToPath, fileURLToPathBuffer, urlToHttpOptions,
};
