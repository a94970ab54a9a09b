// `Bun.Cookie`: one cookie with its attributes, checked when they are set. Knows no request and no response.

import { checkDomain, checkName, checkPath, encodeValue, parseLine, type Parts, type SameSite } from "crust:http/cookies/syntax";
import { codedTypeError, defineInterface, defineLengths, inspectCustom, requireArguments } from "crust:web/webidl";

export interface CookieInit {
  name?: string;
  value?: string;
  domain?: string;
  path?: string;
  expires?: number | Date | string;
  maxAge?: number;
  secure?: boolean;
  httpOnly?: boolean;
  partitioned?: boolean;
  sameSite?: SameSite;
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** Milliseconds of a date, of seconds, or of a date's text. */
function readExpires(value: unknown): number | undefined {
  if (!isGiven(value)) return undefined;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new RangeError("expires must be a valid Date (or Number)");
    return value.getTime();
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError("expires must be a valid Number (or Date)");
    return value * 1000;
  }
  if (typeof value === "string") {
    const time = Date.parse(value);
    if (Number.isNaN(time)) throw new TypeError("Invalid cookie expiration date");
    return time;
  }
  throw codedTypeError("ERR_INVALID_ARG_VALUE", `The argument 'expires' Invalid expires value. Must be a Date or a number. Received ${String(value)}`);
}

function readSameSite(value: unknown): SameSite {
  if (value === "strict" || value === "lax" || value === "none") return value;
  throw new TypeError("Invalid sameSite value. Must be 'strict', 'lax', or 'none'");
}

/** The attributes that a program gives, checked in Bun's order. */
function readOptions(name: string, value: string, options: unknown): Parts {
  const parts: Parts = { name, value };
  if (!isGiven(options)) return parts;
  if (typeof options !== "object") throw new TypeError("Options must be an object");
  const init = options as CookieInit;
  if (isGiven(init.domain)) parts.domain = checkDomain(String(init.domain));
  if (isGiven(init.path)) parts.path = checkPath(String(init.path));
  const expires = readExpires(init.expires);
  if (expires !== undefined) parts.expires = expires;
  if (typeof init.maxAge === "number" && !Number.isNaN(init.maxAge)) parts.maxAge = init.maxAge;
  parts.secure = Boolean(init.secure);
  parts.httpOnly = Boolean(init.httpOnly);
  parts.partitioned = Boolean(init.partitioned);
  if (isGiven(init.sameSite)) parts.sameSite = readSameSite(init.sameSite);
  return parts;
}

function requireName(name: string): string {
  if (name === "") throw new TypeError("name is required");
  return checkName(name);
}

/** `new Cookie(name, value, options)`, `new Cookie(line)`, `new Cookie({ name, value, … })`. */
function readArguments(args: unknown[]): Parts {
  const [first, value, options] = args;
  if (args.length > 1) return readOptions(requireName(String(first)), String(value), options);
  if (typeof first === "string") return parseLine(first);
  if (typeof first !== "object" || first === null) throw codedTypeError("ERR_MISSING_ARGS", "Not enough arguments");
  const init = first as CookieInit;
  const name = requireName(isGiven(init.name) ? String(init.name) : "");
  return readOptions(name, isGiven(init.value) ? String(init.value) : "", init);
}

export class Cookie {
  #name: string;
  #value: string;
  #domain: string | null;
  #path: string;
  #expires: Date | undefined;
  #maxAge: number | undefined;
  #secure: boolean;
  #httpOnly: boolean;
  #partitioned: boolean;
  #sameSite: SameSite;

  constructor(..._args: [name: string, value: string, options?: CookieInit] | [line: string] | [init: CookieInit]) {
    const parts = readArguments(_args);
    this.#name = parts.name;
    this.#value = parts.value;
    this.#domain = parts.domain ?? null;
    this.#path = parts.path ?? "/";
    this.#expires = parts.expires === undefined ? undefined : new Date(parts.expires);
    this.#maxAge = parts.maxAge;
    this.#secure = parts.secure ?? false;
    this.#httpOnly = parts.httpOnly ?? false;
    this.#partitioned = parts.partitioned ?? false;
    this.#sameSite = parts.sameSite ?? "lax";
  }

  static parse(line: string): Cookie {
    requireArguments(arguments.length, 1);
    return new Cookie(String(line));
  }
  static from(name: string, value: string, options?: CookieInit): Cookie {
    requireArguments(arguments.length, 2);
    return new Cookie(name, value, options);
  }

  get name(): string {
    return self(this, "name").#name;
  }
  get value(): string {
    return self(this, "value").#value;
  }
  set value(value: string) {
    self(this, "value").#value = String(value);
  }
  get domain(): string | null {
    return self(this, "domain").#domain;
  }
  set domain(domain: string | null) {
    self(this, "domain").#domain = domain === null ? null : checkDomain(String(domain));
  }
  get path(): string {
    return self(this, "path").#path;
  }
  set path(path: string | null) {
    self(this, "path").#path = path === null ? "/" : checkPath(String(path));
  }
  get expires(): Date | undefined {
    return self(this, "expires").#expires;
  }
  set expires(expires: Date | number | string | null | undefined) {
    const time = readExpires(expires);
    self(this, "expires").#expires = time === undefined ? undefined : new Date(time);
  }
  get maxAge(): number | undefined {
    return self(this, "maxAge").#maxAge;
  }
  set maxAge(maxAge: number | null | undefined) {
    const seconds = isGiven(maxAge) ? Number(maxAge) : undefined;
    if (seconds !== undefined && !Number.isFinite(seconds)) throw new TypeError("The provided value is non-finite");
    self(this, "maxAge").#maxAge = seconds;
  }
  get secure(): boolean {
    return self(this, "secure").#secure;
  }
  set secure(secure: boolean) {
    self(this, "secure").#secure = Boolean(secure);
  }
  get httpOnly(): boolean {
    return self(this, "httpOnly").#httpOnly;
  }
  set httpOnly(httpOnly: boolean) {
    self(this, "httpOnly").#httpOnly = Boolean(httpOnly);
  }
  get sameSite(): SameSite {
    return self(this, "sameSite").#sameSite;
  }
  set sameSite(sameSite: SameSite) {
    self(this, "sameSite").#sameSite = readSameSite(sameSite);
  }
  get partitioned(): boolean {
    return self(this, "partitioned").#partitioned;
  }
  set partitioned(partitioned: boolean) {
    self(this, "partitioned").#partitioned = Boolean(partitioned);
  }

  /** By its age, if it has one, else by its date. */
  isExpired(): boolean {
    const cookie = self(this, "isExpired");
    if (cookie.#maxAge !== undefined) return cookie.#maxAge <= 0;
    return cookie.#expires !== undefined && cookie.#expires.getTime() < Date.now();
  }

  /** The `Set-Cookie` line. */
  toString(): string {
    return line(self(this, "toString"));
  }
  toJSON(): object {
    const cookie = self(this, "toJSON");
    const json: Record<string, unknown> = Object.assign(Object.create(null), { name: cookie.#name, value: cookie.#value });
    if (cookie.#domain) json["domain"] = cookie.#domain;
    json["path"] = cookie.#path;
    if (cookie.#expires !== undefined) json["expires"] = cookie.#expires;
    if (cookie.#maxAge !== undefined) json["maxAge"] = cookie.#maxAge;
    const { secure, sameSite, httpOnly, partitioned } = cookie;
    return Object.assign(json, { secure, sameSite, httpOnly, partitioned });
  }
  serialize(): string {
    return line(self(this, "serialize"));
  }

  static isCookie(value: unknown): value is Cookie {
    return typeof value === "object" && value !== null && #name in value;
  }
}

export const { isCookie } = Cookie;
delete (Cookie as { isCookie?: unknown }).isCookie;

function self(value: unknown, member: string): Cookie {
  if (isCookie(value)) return value;
  throw codedTypeError("ERR_INVALID_THIS", `Can only call Cookie.${member} on instances of Cookie`);
}

function line(cookie: Cookie): string {
  let text = `${cookie.name}=${encodeValue(cookie.value)}`;
  if (cookie.domain) text += `; Domain=${cookie.domain}`;
  if (cookie.path) text += `; Path=${cookie.path}`;
  if (cookie.expires) text += `; Expires=${cookie.expires.toUTCString()}`;
  if (cookie.maxAge !== undefined) text += `; Max-Age=${cookie.maxAge}`;
  if (cookie.secure) text += "; Secure";
  if (cookie.httpOnly) text += "; HttpOnly";
  if (cookie.partitioned) text += "; Partitioned";
  const { sameSite } = cookie;
  return `${text}; SameSite=${sameSite[0]!.toUpperCase()}${sameSite.slice(1)}`;
}

defineInterface(Cookie as never, "Cookie");
defineLengths(Cookie as never, { constructor: 2, "static parse": 1, "static from": 2 });
Object.defineProperty(Cookie.prototype, inspectCustom, {
  value(this: unknown): unknown {
    return isCookie(this) ? this.toJSON() : this;
  },
  configurable: true,
});
