// URL of the URL standard. Parsing and the setters are native and yield a normalized href;
// components are cut out of the href here when they are read.

import { urlParse, urlSet } from "crust:ops/web";
import { isNormalizedUrl } from "crust:web/url_scan";
import { attachToUrl, resetSearchParams, URLSearchParams } from "crust:web/url_search_params";
import { codedTypeError, defineInterface, defineLengths, inspectCustom, requireArguments, toUSVString } from "crust:web/webidl";

const SPECIAL_SCHEMES = new Set(["http:", "https:", "ws:", "wss:", "ftp:"]);

// The numbers of the setters, shared with src/url.rs.
const PROTOCOL = 0;
const USERNAME = 1;
const PASSWORD = 2;
const HOST = 3;
const HOSTNAME = 4;
const PORT = 5;
const PATHNAME = 6;
const SEARCH = 7;
const HASH = 8;

/** Where the components of a normalized href begin and end. */
class Components {
  readonly protocolEnd: number;
  readonly authorityStart: number;
  readonly userEnd: number;
  readonly hostStart: number;
  readonly hostEnd: number;
  readonly authorityEnd: number;
  readonly pathStart: number;
  readonly pathEnd: number;
  readonly searchEnd: number;

  constructor(href: string) {
    const protocolEnd = href.indexOf(":") + 1;
    const hashStart = href.indexOf("#", protocolEnd);
    const searchEnd = hashStart === -1 ? href.length : hashStart;
    let pathEnd = href.indexOf("?", protocolEnd);
    if (pathEnd === -1 || pathEnd > searchEnd) {
      pathEnd = searchEnd;
    }
    this.protocolEnd = protocolEnd;
    this.searchEnd = searchEnd;
    this.pathEnd = pathEnd;
    if (!href.startsWith("//", protocolEnd)) {
      this.authorityStart = this.userEnd = this.hostStart = this.hostEnd = this.authorityEnd = protocolEnd;
      // A path that begins with two slashes is written behind "/." when there is no host.
      this.pathStart = href.startsWith("/.//", protocolEnd) ? protocolEnd + 2 : protocolEnd;
      return;
    }
    const start = protocolEnd + 2;
    let end = href.indexOf("/", start);
    if (end === -1 || end > pathEnd) {
      end = pathEnd;
    }
    const at = href.lastIndexOf("@", end - 1);
    const hasUser = at >= start;
    this.authorityStart = start;
    this.userEnd = hasUser ? at : start;
    this.hostStart = hasUser ? at + 1 : start;
    this.authorityEnd = this.pathStart = end;
    const colon = href.lastIndexOf(":", end - 1);
    const hasPort = colon >= this.hostStart && colon > href.lastIndexOf("]", end - 1);
    this.hostEnd = hasPort ? colon : end;
  }
}

// Set for the duration of `new URL` by code that has already parsed.
let parsedHref: string | null = null;

let hrefOf: (url: URL) => string;

export class URL {
  #href: string;
  #components: Components | null = null;
  #searchParams: URLSearchParams | null = null;

  static {
    hrefOf = (url) => url.#href;
  }

  constructor(url: string | URL, base?: string | URL) {
    if (parsedHref !== null) {
      this.#href = parsedHref;
      parsedHref = null;
      return;
    }
    requireArguments(arguments.length, 1);
    const input = toUSVString(url);
    const href = parse(input, base);
    if (href === null) {
      throw invalidUrl(input, base);
    }
    this.#href = href;
  }

  static canParse(url: string | URL, base?: string | URL): boolean {
    requireArguments(arguments.length, 1);
    return parse(toUSVString(url), base) !== null;
  }

  static parse(url: string | URL, base?: string | URL): URL | null {
    requireArguments(arguments.length, 1);
    const href = parse(toUSVString(url), base);
    return href === null ? null : urlFromHref(href);
  }

  static createObjectURL(blob: object): string {
    return (require("crust:web/blob_url") as typeof import("crust:web/blob_url")).createObjectURL(blob);
  }

  static revokeObjectURL(url: string): void {
    (require("crust:web/blob_url") as typeof import("crust:web/blob_url")).revokeObjectURL(url);
  }

  get #parts(): Components {
    return (this.#components ??= new Components(this.#href));
  }

  #setHref(href: string): void {
    if (href === this.#href) {
      return;
    }
    this.#href = href;
    this.#components = null;
    if (this.#searchParams !== null) {
      resetSearchParams(this.#searchParams, this.search.slice(1));
    }
  }

  #set(component: number, value: unknown): void {
    this.#setHref(urlSet(this.#href, component, toUSVString(value)));
  }

  get href(): string {
    return this.#href;
  }
  set href(value: string) {
    const input = toUSVString(value);
    const href = parse(input, undefined);
    if (href === null) {
      throw invalidUrl(input, undefined);
    }
    this.#setHref(href);
  }

  get origin(): string {
    const protocol = this.#href.slice(0, this.#parts.protocolEnd);
    if (SPECIAL_SCHEMES.has(protocol)) {
      return `${protocol}//${this.host}`;
    }
    if (protocol === "blob:") {
      const inner = URL.parse(this.pathname);
      return inner !== null && (inner.protocol === "http:" || inner.protocol === "https:") ? inner.origin : "null";
    }
    return "null";
  }

  get protocol(): string {
    return this.#href.slice(0, this.#parts.protocolEnd);
  }
  set protocol(value: string) {
    this.#set(PROTOCOL, value);
  }

  get username(): string {
    const user = this.#href.slice(this.#parts.authorityStart, this.#parts.userEnd);
    const colon = user.indexOf(":");
    return colon === -1 ? user : user.slice(0, colon);
  }
  set username(value: string) {
    this.#set(USERNAME, value);
  }

  get password(): string {
    const user = this.#href.slice(this.#parts.authorityStart, this.#parts.userEnd);
    const colon = user.indexOf(":");
    return colon === -1 ? "" : user.slice(colon + 1);
  }
  set password(value: string) {
    this.#set(PASSWORD, value);
  }

  get host(): string {
    return this.#href.slice(this.#parts.hostStart, this.#parts.authorityEnd);
  }
  set host(value: string) {
    this.#set(HOST, value);
  }

  get hostname(): string {
    return this.#href.slice(this.#parts.hostStart, this.#parts.hostEnd);
  }
  set hostname(value: string) {
    this.#set(HOSTNAME, value);
  }

  get port(): string {
    const { hostEnd, authorityEnd } = this.#parts;
    return hostEnd === authorityEnd ? "" : this.#href.slice(hostEnd + 1, authorityEnd);
  }
  set port(value: string) {
    this.#set(PORT, value);
  }

  get pathname(): string {
    return this.#href.slice(this.#parts.pathStart, this.#parts.pathEnd);
  }
  set pathname(value: string) {
    this.#set(PATHNAME, value);
  }

  get search(): string {
    const { pathEnd, searchEnd } = this.#parts;
    return searchEnd - pathEnd <= 1 ? "" : this.#href.slice(pathEnd, searchEnd);
  }
  set search(value: string) {
    this.#set(SEARCH, value);
  }

  get searchParams(): URLSearchParams {
    if (this.#searchParams === null) {
      const params = new URLSearchParams(this.search);
      attachToUrl(params, (query) => {
        const { pathEnd, searchEnd } = this.#parts;
        this.#href = `${this.#href.slice(0, pathEnd)}${query === "" ? "" : `?${query}`}${this.#href.slice(searchEnd)}`;
        this.#components = null;
      });
      this.#searchParams = params;
    }
    return this.#searchParams;
  }

  get hash(): string {
    const start = this.#parts.searchEnd;
    return this.#href.length - start <= 1 ? "" : this.#href.slice(start);
  }
  set hash(value: string) {
    this.#set(HASH, value);
  }

  toString(): string {
    return this.#href;
  }
  toJSON(): string {
    return this.#href;
  }

  [inspectCustom](depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    if (typeof depth === "number" && depth < 0) {
      return this.#href;
    }
    const { href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash } = this;
    const fields = { href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash };
    return `URL ${inspect(fields, options)}`;
  }
}
defineInterface(URL, "URL");
defineLengths(URL, { constructor: 1, "static canParse": 1, "static parse": 1 });

function parse(input: string, base: string | URL | undefined): string | null {
  if (base === undefined) {
    return isNormalizedUrl(input) ? input : urlParse(input, undefined);
  }
  return urlParse(input, toUSVString(base));
}

function invalidUrl(input: string, base: string | URL | undefined): TypeError {
  const error = codedTypeError("ERR_INVALID_URL", "Invalid URL") as TypeError & { input?: string; base?: string };
  error.input = input;
  if (base !== undefined) {
    error.base = String(base);
  }
  return error;
}

/** A URL object for an href that is known to be normalized. */
export function urlFromHref(href: string): URL {
  parsedHref = href;
  return new URL(href);
}

/** The href of a URL object, whatever users did to its accessors. */
export function urlHref(url: URL): string {
  return hrefOf(url);
}

/** Parses and serializes; null if the input is not a valid URL. */
export function normalizeUrl(input: string, base?: string): string | null {
  return parse(input, base);
}
