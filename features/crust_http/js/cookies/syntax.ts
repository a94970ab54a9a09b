// The grammar of cookies (RFC 6265): what names, domains and paths may hold, and how values are written and read.
// Never keeps a cookie.

export type SameSite = "strict" | "lax" | "none";

/** The attributes that a `Set-Cookie` line names, as read; what it leaves out or gets wrong is absent. */
export interface Parts {
  name: string;
  value: string;
  domain?: string;
  path?: string;
  /** Milliseconds. */
  expires?: number;
  /** Seconds. */
  maxAge?: number;
  secure?: boolean;
  httpOnly?: boolean;
  partitioned?: boolean;
  sameSite?: SameSite;
}

const NAME = /^[!-:<>-~]+$/;
const DOMAIN = /^[-.0-9a-z]*$/;
const PATH = /^[ -:=-~]*$/;
// eslint-disable-next-line no-control-regex -- what a header value may not hold
const NO_HEADER_VALUE = /[\0\n\r\u0100-\uffff]|^[\t ]|[\t ]$/;

export function checkName(name: string): string {
  if (!NAME.test(name)) throw new TypeError("Invalid cookie name: contains invalid characters");
  return name;
}
export function checkDomain(domain: string): string {
  if (!DOMAIN.test(domain)) throw new TypeError("Invalid cookie domain: contains invalid characters");
  return domain;
}
export function checkPath(path: string): string {
  if (!PATH.test(path)) throw new TypeError("Invalid cookie path: contains invalid characters");
  return path;
}

export function encodeValue(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

let utf8: { decode(bytes: Uint8Array): string } | undefined;

/** `%XX` as UTF-8. What is no byte, or no UTF-8, is U+FFFD, and the text goes on behind it. */
export function decodeValue(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/(?:%[0-9a-fA-F]{2})+|%[^]{2}|%/g, (match) => {
    if (!/^%[0-9a-fA-F]{2}/.test(match)) return "\ufffd";
    const bytes = new Uint8Array(match.length / 3);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(match.slice(3 * i + 1, 3 * i + 3), 16);
    utf8 ??= new TextDecoder("utf-8", { ignoreBOM: true }) as { decode(bytes: Uint8Array): string };
    return utf8.decode(bytes);
  });
}

/** The pairs of a `Cookie` header, values decoded. Pairs without a name are left out. */
export function parseHeader(header: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const part of header.split(";")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(equals, 0)).trim();
    if (name !== "") pairs.push([name, decodeValue(part.slice(equals + 1).trim())]);
  }
  return pairs;
}

/** One `Set-Cookie` line. */
export function parseLine(line: string): Parts {
  if (NO_HEADER_VALUE.test(line)) throw new TypeError("cookie string is not a valid HTTP header value");
  if (line === "") checkName(line);
  const [pair, ...attributes] = line.split(";");
  const equals = pair!.indexOf("=");
  if (equals < 0) throw new TypeError("Invalid cookie string: empty");
  const name = pair!.slice(0, equals).trim();
  if (name === "") throw new TypeError("Invalid cookie string: name cannot be empty");
  const parts: Parts = { name: checkName(name), value: pair!.slice(equals + 1).trim() };
  for (const attribute of attributes) {
    const at = attribute.indexOf("=");
    const key = (at < 0 ? attribute : attribute.slice(0, at)).trim().toLowerCase();
    readAttribute(parts, key, at < 0 ? "" : attribute.slice(at + 1).trim());
  }
  return parts;
}

function readAttribute(parts: Parts, key: string, value: string): void {
  switch (key) {
    case "domain":
      if (value !== "") parts.domain = checkDomain(value.toLowerCase());
      return;
    case "path":
      if (value.startsWith("/")) parts.path = checkPath(value);
      return;
    case "expires": {
      const time = Date.parse(value);
      // A bare number is a date to the engine, and none to HTTP.
      if (!Number.isNaN(time) && !/^\d+$/.test(value)) parts.expires = time;
      return;
    }
    case "max-age": {
      const seconds = /^[-+]?\d+/.exec(value);
      // Beyond 64 bits a number is no age.
      if (seconds !== null && Math.abs(Number(seconds[0])) < 2 ** 63) parts.maxAge = Number(seconds[0]);
      return;
    }
    case "samesite": {
      const policy = value.toLowerCase();
      if (policy === "strict" || policy === "lax" || policy === "none") parts.sameSite = policy;
      return;
    }
    case "secure":
      parts.secure = true;
      return;
    case "httponly":
      parts.httpOnly = true;
      return;
    case "partitioned":
      parts.partitioned = true;
      return;
  }
}
