// Headers of the Fetch standard. Names are kept lower-cased; values of one name are kept combined, set-cookie apart.
// A server's headers are read from their source only when asked for, and copied only when changed.

import { codedTypeError, defineInterface, defineLengths, inspectCustom, isObject, pairIterator, requireArguments, toByteString, toDOMString } from "crust:web/webidl";

/** Where headers come from that nobody has changed yet, such as a request on the wire. */
export interface HeadersSource {
  /** The combined value of a lower-case name, or null. Never asked for set-cookie. */
  get(name: string): string | null;
  /** All headers as name, value, name, value with lower-case names, in the order received. */
  list(): string[];
}

export type HeadersInit = Headers | Record<string, string> | Iterable<[string, string]>;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const EDGE_WHITESPACE = /^[\t\n\r ]+|[\t\n\r ]+$/g;
const FORBIDDEN_IN_VALUE = /[\0\n\r]/;
// Names are few: this spares validation and lower-casing. Names beyond the limit are checked each time.
const NAME_CACHE_LIMIT = 512;
const nameCache = new Map<string, string>();

/** Validates a header name and lower-cases it. */
export function headerName(name: unknown): string {
  const text = toDOMString(name);
  const known = nameCache.get(text);
  if (known !== undefined) {
    return known;
  }
  if (!TOKEN.test(text)) {
    throw new TypeError(`Invalid header name: '${text}'`);
  }
  const lower = text.toLowerCase();
  if (nameCache.size < NAME_CACHE_LIMIT) {
    nameCache.set(text, lower);
  }
  return lower;
}

// Visible characters, with blanks only in between: nothing to trim, nothing to refuse.
function isCleanValue(text: string): boolean {
  const last = text.length - 1;
  for (let index = 0; index <= last; index++) {
    const code = text.charCodeAt(index);
    const isVisible = (code > 32 && code < 127) || (code > 127 && code < 256);
    if (!isVisible && ((code !== 32 && code !== 9) || index === 0 || index === last)) {
      return false;
    }
  }
  return true;
}

function headerValue(name: string, value: unknown): string {
  const text = toDOMString(value);
  if (isCleanValue(text)) {
    return text;
  }
  const trimmed = toByteString(text, `the value of header '${name}'`).replace(EDGE_WHITESPACE, "");
  if (FORBIDDEN_IN_VALUE.test(trimmed)) {
    throw new TypeError(`Header '${name}' has invalid value`);
  }
  return trimmed;
}

let makeFromSource: (source: HeadersSource, immutable: boolean) => Headers;
let copyHeaders: (headers: Headers) => Headers;
let freeze: (headers: Headers) => void;
let flatList: (headers: Headers) => string[];
let setRaw: (headers: Headers, name: string, value: string) => void;
let isHeadersObject: (value: object) => boolean;

const EMPTY_SOURCE: HeadersSource = { get: () => null, list: () => [] };

export class Headers {
  #values: Map<string, string> | null = null;
  #cookies: string[] = [];
  #source: HeadersSource | null = null;
  #immutable = false;
  // The sorted list that iteration shows, until the next change.
  #sorted: [string, string][] | null = null;

  static {
    isHeadersObject = (value) => #values in value;
    makeFromSource = (source, immutable) => {
      const headers = new Headers();
      headers.#source = source;
      headers.#immutable = immutable;
      return headers;
    };
    copyHeaders = (headers) => {
      const copy = new Headers();
      copy.#source = headers.#source;
      copy.#values = headers.#values === null ? null : new Map(headers.#values);
      copy.#cookies = [...headers.#cookies];
      return copy;
    };
    freeze = (headers) => {
      headers.#immutable = true;
    };
    flatList = (headers) => {
      const list: string[] = [];
      for (const [name, value] of headers.#map) {
        list.push(name, value);
      }
      for (const cookie of headers.#cookies) {
        list.push("set-cookie", cookie);
      }
      return list;
    };
    setRaw = (headers, name, value) => {
      headers.#map.set(name, value);
      headers.#sorted = null;
    };
  }

  constructor(init?: HeadersInit) {
    if (init !== undefined) {
      this.#fill(init);
    }
  }

  #fill(init: HeadersInit): void {
    if (!isObject(init)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", "Headers can be made from a Headers object, an array of pairs or an object");
    }
    if (#values in init && (init as Headers)[Symbol.iterator] === Headers.prototype[Symbol.iterator]) {
      const other = init as Headers;
      this.#values = new Map(other.#map);
      this.#cookies = [...other.#cookies];
      return;
    }
    const iterator = (init as Iterable<unknown>)[Symbol.iterator];
    if (iterator === undefined || iterator === null) {
      for (const key of Object.keys(init)) {
        this.#append(key, (init as Record<string, unknown>)[key]);
      }
      return;
    }
    if (typeof iterator !== "function") {
      throw new TypeError("Headers init is not iterable");
    }
    for (const pair of init as Iterable<unknown>) {
      if (!isObject(pair) || typeof (pair as Iterable<unknown>)[Symbol.iterator] !== "function") {
        throw new TypeError("Header sub-sequence must contain exactly two items");
      }
      const items = [...(pair as Iterable<unknown>)];
      if (items.length !== 2) {
        throw new TypeError("Header sub-sequence must contain exactly two items");
      }
      this.#append(items[0], items[1]);
    }
  }

  get #map(): Map<string, string> {
    return this.#values ?? this.#load();
  }

  #load(): Map<string, string> {
    const values = new Map<string, string>();
    this.#values = values;
    const list = (this.#source ?? EMPTY_SOURCE).list();
    this.#source = null;
    for (let index = 0; index < list.length; index += 2) {
      this.#add(values, list[index] as string, list[index + 1] as string);
    }
    return values;
  }

  #add(values: Map<string, string>, name: string, value: string): void {
    if (name === "set-cookie") {
      this.#cookies.push(value);
      return;
    }
    const present = values.get(name);
    values.set(name, present === undefined ? value : `${present}${name === "cookie" ? "; " : ", "}${value}`);
  }

  #append(name: unknown, value: unknown): void {
    const lower = headerName(name);
    this.#add(this.#map, lower, headerValue(lower, value));
  }

  #beforeChange(): void {
    if (this.#immutable) {
      throw new TypeError("Headers are immutable");
    }
    this.#sorted = null;
  }

  append(name: string, value: string): void {
    requireArguments(arguments.length, 2);
    const lower = headerName(name);
    const text = headerValue(lower, value);
    this.#beforeChange();
    this.#add(this.#map, lower, text);
  }

  delete(name: string): void {
    requireArguments(arguments.length, 1);
    const lower = headerName(name);
    this.#beforeChange();
    this.#map.delete(lower);
    if (lower === "set-cookie") {
      this.#cookies = [];
    }
  }

  get(name: string): string | null {
    requireArguments(arguments.length, 1);
    const lower = headerName(name);
    if (lower !== "set-cookie") {
      return this.#values === null ? (this.#source ?? EMPTY_SOURCE).get(lower) : (this.#values.get(lower) ?? null);
    }
    void this.#map;
    return this.#cookies.length === 0 ? null : this.#cookies.join(", ");
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  set(name: string, value: string): void {
    requireArguments(arguments.length, 2);
    const lower = headerName(name);
    const text = headerValue(lower, value);
    this.#beforeChange();
    if (lower === "set-cookie") {
      void this.#map;
      this.#cookies = [text];
    } else {
      this.#map.set(lower, text);
    }
  }

  getSetCookie(): string[] {
    void this.#map;
    return [...this.#cookies];
  }

  /** Bun's extension: all values of set-cookie; for other names the one combined value. */
  getAll(name: string): string[] {
    requireArguments(arguments.length, 1);
    if (headerName(name) !== "set-cookie") {
      throw new TypeError('Only "set-cookie" is supported.');
    }
    return this.getSetCookie();
  }

  get count(): number {
    return this.#map.size + this.#cookies.length;
  }

  #pairs(): [string, string][] {
    if (this.#sorted === null) {
      const pairs: [string, string][] = [...this.#map];
      for (const cookie of this.#cookies) {
        pairs.push(["set-cookie", cookie]);
      }
      this.#sorted = pairs.sort((left, right) => (left[0] < right[0] ? -1 : left[0] > right[0] ? 1 : 0));
    }
    return this.#sorted;
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
    requireArguments(arguments.length, 1);
    if (typeof callback !== "function") {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", 'The "callback" argument must be of type function');
    }
    for (let index = 0; index < this.#pairs().length; index++) {
      const [name, value] = this.#pairs()[index] as [string, string];
      callback.call(thisArg, value, name, this);
    }
  }

  entries(): IterableIterator<[string, string]> {
    return new HeadersIterator((index) => {
      const pair = this.#pairs()[index];
      return pair === undefined ? null : [pair[0], pair[1]];
    });
  }
  keys(): IterableIterator<string> {
    return new HeadersIterator((index) => this.#pairs()[index]?.[0] ?? null);
  }
  values(): IterableIterator<string> {
    return new HeadersIterator((index) => this.#pairs()[index]?.[1] ?? null);
  }

  toJSON(): Record<string, string | string[]> {
    const object: Record<string, string | string[]> = Object.fromEntries(this.#map);
    if (this.#cookies.length > 0) {
      object["set-cookie"] = [...this.#cookies];
    }
    return object;
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    return `Headers ${inspect(this.toJSON(), options)}`;
  }
}
export interface Headers {
  [Symbol.iterator](): IterableIterator<[string, string]>;
}
defineInterface(Headers, "Headers");
defineLengths(Headers, { constructor: 0, forEach: 1 });
Object.defineProperty(Headers.prototype, Symbol.iterator, { value: Headers.prototype.entries, writable: true, configurable: true });

const HeadersIterator = pairIterator("Headers", 1);

/** Headers that read from a source until they are changed. */
export function headersFromSource(source: HeadersSource, immutable = false): Headers {
  return makeFromSource(source, immutable);
}

/** A mutable copy, without validating again. */
export function cloneHeaders(headers: Headers): Headers {
  return copyHeaders(headers);
}

/** Makes every later change throw. */
export function freezeHeaders(headers: Headers): void {
  freeze(headers);
}

/** All headers as name, value, name, value; set-cookie may repeat. For the wire. */
export function headersList(headers: Headers): string[] {
  return flatList(headers);
}

/** Sets a header whose name is lower-case and whose value is known to be valid. */
export function setHeaderUnchecked(headers: Headers, name: string, value: string): void {
  setRaw(headers, name, value);
}

/** True for a Headers object made here. */
export function isHeaders(value: unknown): value is Headers {
  return isObject(value) && isHeadersObject(value);
}
