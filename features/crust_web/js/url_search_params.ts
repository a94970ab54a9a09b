// URLSearchParams of the URL standard and the application/x-www-form-urlencoded parser and serializer.
// The list is flat: name, value, name, value. It never parses a URL.

import { decodeText } from "crust:ops/web";
import { codedTypeError, defineInterface, defineLengths, inspectCustom, isObject, pairIterator, requireArguments, toUSVString } from "crust:web/webidl";

/** Parses application/x-www-form-urlencoded text into a flat list of names and values. */
export function parseUrlEncoded(input: string): string[] {
  const list: string[] = [];
  const isPlain = !input.includes("%") && !input.includes("+");
  for (let start = 0; start < input.length; ) {
    let end = input.indexOf("&", start);
    if (end === -1) {
      end = input.length;
    }
    if (end > start) {
      let equals = input.indexOf("=", start);
      if (equals === -1 || equals > end) {
        equals = end;
      }
      const name = input.slice(start, equals);
      const value = input.slice(equals + 1, end);
      list.push(isPlain ? name : decodeComponent(name), isPlain ? value : decodeComponent(value));
    }
    start = end + 1;
  }
  return list;
}

function decodeComponent(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) {
    return spaced;
  }
  try {
    return decodeURIComponent(spaced);
  } catch {
    return decodeLossy(spaced);
  }
}

// Percent signs that start no escape stay; bytes that are not UTF-8 become U+FFFD.
function decodeLossy(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    const bytes = new Uint8Array(run.length / 3);
    for (let index = 0; index < bytes.length; index++) {
      bytes[index] = Number.parseInt(run.slice(index * 3 + 1, index * 3 + 3), 16);
    }
    return decodeText("utf-8", bytes, 2) as string;
  });
}

const EXTRA_ESCAPES: Record<string, string> = { "!": "%21", "'": "%27", "(": "%28", ")": "%29", "~": "%7E", "%20": "+" };

function encodeComponent(text: string): string {
  return /^[\w*.-]*$/.test(text) ? text : encodeURIComponent(text).replace(/[!'()~]|%20/g, (match) => EXTRA_ESCAPES[match] as string);
}

/** Serializes a flat list of names and values as application/x-www-form-urlencoded. */
export function serializeUrlEncoded(list: readonly string[]): string {
  let output = "";
  for (let index = 0; index < list.length; index += 2) {
    output += `${index === 0 ? "" : "&"}${encodeComponent(list[index] as string)}=${encodeComponent(list[index + 1] as string)}`;
  }
  return output;
}

let setOwner: (params: URLSearchParams, owner: (query: string) => void) => void;
let replaceList: (params: URLSearchParams, list: string[]) => void;

export type URLSearchParamsInit = string | URLSearchParams | Record<string, string> | Iterable<[string, string]>;

export class URLSearchParams {
  #list: string[] = [];
  // Set while the object belongs to a URL: receives the serialized list after each change.
  #owner: ((query: string) => void) | null = null;

  static {
    setOwner = (params, owner) => {
      params.#owner = owner;
    };
    replaceList = (params, list) => {
      params.#list = list;
    };
  }

  constructor(init?: URLSearchParamsInit) {
    if (init === undefined || init === null) {
      return;
    }
    if (!isObject(init)) {
      const text = toUSVString(init);
      this.#list = parseUrlEncoded(text.startsWith("?") ? text.slice(1) : text);
    } else if (#list in init && (init as URLSearchParams)[Symbol.iterator] === URLSearchParams.prototype[Symbol.iterator]) {
      this.#list = [...(init as URLSearchParams).#list];
    } else {
      this.#fill(init as object);
    }
  }

  #fill(init: object): void {
    const iterator = (init as Iterable<unknown>)[Symbol.iterator];
    if (iterator === undefined || iterator === null) {
      const seen = new Map<string, string>();
      for (const key of Reflect.ownKeys(init)) {
        if (Object.getOwnPropertyDescriptor(init, key)?.enumerable) {
          seen.set(toUSVString(key), toUSVString((init as Record<PropertyKey, unknown>)[key]));
        }
      }
      for (const [name, value] of seen) {
        this.#list.push(name, value);
      }
      return;
    }
    if (typeof iterator !== "function") {
      throw codedTypeError("ERR_ARG_NOT_ITERABLE", "Query pairs must be iterable");
    }
    for (const pair of init as Iterable<unknown>) {
      if (!isObject(pair) || typeof (pair as Iterable<unknown>)[Symbol.iterator] !== "function") {
        throw codedTypeError("ERR_INVALID_TUPLE", "Each query pair must be an iterable [name, value] tuple");
      }
      const [name, value, ...rest] = pair as Iterable<unknown>;
      if (rest.length > 0 || [...(pair as Iterable<unknown>)].length !== 2) {
        throw codedTypeError("ERR_INVALID_TUPLE", "Each query pair must be an iterable [name, value] tuple");
      }
      this.#list.push(toUSVString(name), toUSVString(value));
    }
  }

  #changed(): void {
    this.#owner?.(serializeUrlEncoded(this.#list));
  }

  get size(): number {
    return this.#list.length / 2;
  }

  append(name: string, value: string): void {
    requireArguments(arguments.length, 2);
    this.#list.push(toUSVString(name), toUSVString(value));
    this.#changed();
  }

  delete(name: string, value?: string): void {
    requireArguments(arguments.length, 1);
    const wanted = toUSVString(name);
    const wantedValue = value === undefined ? undefined : toUSVString(value);
    const kept: string[] = [];
    for (let index = 0; index < this.#list.length; index += 2) {
      const matches = this.#list[index] === wanted && (wantedValue === undefined || this.#list[index + 1] === wantedValue);
      if (!matches) {
        kept.push(this.#list[index] as string, this.#list[index + 1] as string);
      }
    }
    this.#list = kept;
    this.#changed();
  }

  get(name: string): string | null {
    requireArguments(arguments.length, 1);
    const index = this.#indexOf(toUSVString(name));
    return index === -1 ? null : (this.#list[index + 1] as string);
  }

  getAll(name: string): string[] {
    requireArguments(arguments.length, 1);
    const wanted = toUSVString(name);
    const values: string[] = [];
    for (let index = 0; index < this.#list.length; index += 2) {
      if (this.#list[index] === wanted) {
        values.push(this.#list[index + 1] as string);
      }
    }
    return values;
  }

  has(name: string, value?: string): boolean {
    requireArguments(arguments.length, 1);
    return value === undefined ? this.#indexOf(toUSVString(name)) !== -1 : this.getAll(name).includes(toUSVString(value));
  }

  set(name: string, value: string): void {
    requireArguments(arguments.length, 2);
    const wanted = toUSVString(name);
    const text = toUSVString(value);
    const first = this.#indexOf(wanted);
    if (first === -1) {
      this.#list.push(wanted, text);
    } else {
      this.#list[first + 1] = text;
      for (let index = this.#list.length - 2; index > first; index -= 2) {
        if (this.#list[index] === wanted) {
          this.#list.splice(index, 2);
        }
      }
    }
    this.#changed();
  }

  #indexOf(name: string): number {
    for (let index = 0; index < this.#list.length; index += 2) {
      if (this.#list[index] === name) {
        return index;
      }
    }
    return -1;
  }

  sort(): void {
    const pairs: [string, string][] = [];
    for (let index = 0; index < this.#list.length; index += 2) {
      pairs.push([this.#list[index] as string, this.#list[index + 1] as string]);
    }
    // `<` on strings compares code units, as the standard asks; the sort is stable.
    pairs.sort((left, right) => (left[0] < right[0] ? -1 : left[0] > right[0] ? 1 : 0));
    this.#list = pairs.flat();
    this.#changed();
  }

  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, thisArg?: unknown): void {
    requireArguments(arguments.length, 1);
    if (typeof callback !== "function") {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", 'The "callback" argument must be of type function');
    }
    for (let index = 0; index < this.#list.length; index += 2) {
      callback.call(thisArg, this.#list[index + 1] as string, this.#list[index] as string, this);
    }
  }

  entries(): IterableIterator<[string, string]> {
    return new SearchParamsIterator((index) => (index < this.#list.length ? [this.#list[index] as string, this.#list[index + 1] as string] : null));
  }
  keys(): IterableIterator<string> {
    return new SearchParamsIterator((index) => (index < this.#list.length ? (this.#list[index] as string) : null));
  }
  values(): IterableIterator<string> {
    return new SearchParamsIterator((index) => (index < this.#list.length ? (this.#list[index + 1] as string) : null));
  }

  toString(): string {
    return serializeUrlEncoded(this.#list);
  }

  toJSON(): Record<string, string | string[]> {
    const object: Record<string, string | string[]> = {};
    for (let index = 0; index < this.#list.length; index += 2) {
      const name = this.#list[index] as string;
      const value = this.#list[index + 1] as string;
      const present = Object.hasOwn(object, name) ? object[name] : undefined;
      const next = present === undefined ? value : Array.isArray(present) ? [...present, value] : [present, value];
      Object.defineProperty(object, name, { value: next, writable: true, enumerable: true, configurable: true });
    }
    return object;
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    const pairs: string[] = [];
    for (let index = 0; index < this.#list.length; index += 2) {
      pairs.push(`${inspect(this.#list[index], options)} => ${inspect(this.#list[index + 1], options)}`);
    }
    return pairs.length === 0 ? "URLSearchParams {}" : `URLSearchParams { ${pairs.join(", ")} }`;
  }
}
export interface URLSearchParams {
  [Symbol.iterator](): IterableIterator<[string, string]>;
}
defineInterface(URLSearchParams, "URLSearchParams");
defineLengths(URLSearchParams, { constructor: 0, delete: 1, has: 1, forEach: 1 });
Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, { value: URLSearchParams.prototype.entries, writable: true, configurable: true });

const SearchParamsIterator = pairIterator("URLSearchParams", 2);

/** Ties a URLSearchParams object to the URL whose query it shows. */
export function attachToUrl(params: URLSearchParams, owner: (query: string) => void): void {
  setOwner(params, owner);
}

/** Replaces the list after the URL's query changed; the owner is not told. */
export function resetSearchParams(params: URLSearchParams, query: string): void {
  replaceList(params, parseUrlEncoded(query));
}
