// `Bun.CookieMap`: the cookies of a request, and what a program changes of them for the response. Knows neither: the
// server asks `setCookieLines` for what it has to send.

import { Cookie, isCookie, type CookieInit } from "crust:http/cookies/cookie";
import { checkName, parseHeader } from "crust:http/cookies/syntax";
import { codedTypeError, defineInterface, defineLengths, inspectCustom, requireArguments } from "crust:web/webidl";

type Pair = [name: string, value: string];

function readInit(init: unknown): Pair[] {
  if (init === undefined || init === null) return [];
  if (typeof init === "string") return parseHeader(init);
  if (typeof init !== "object") throw new TypeError("Invalid initializer type");
  if (!Array.isArray(init)) return Object.keys(init).map((name) => [name, String((init as Record<string, unknown>)[name])]);
  return init.map((pair) => {
    if (!Array.isArray(pair)) throw new TypeError("Expected each element to be an array of two strings");
    if (pair.length !== 2) throw new TypeError("Expected arrays of exactly two strings");
    return [String(pair[0]), String(pair[1])];
  });
}

export class CookieMap {
  /** What came, less what was changed since. A name may stand more than once. */
  #received: Pair[];
  /** What was set or deleted, in that order; a deleted cookie has no value. */
  #changed: Cookie[] = [];

  constructor(init?: string | Record<string, string> | Pair[]) {
    this.#received = readInit(init);
  }

  get(name: string): string | null {
    return self(this, "get").#find(String(name)) ?? null;
  }
  has(name: string): boolean {
    return self(this, "has").#find(String(name)) !== undefined;
  }
  set(...args: [name: string, value: string, options?: CookieInit] | [cookie: Cookie | CookieInit] | []): void {
    const map = self(this, "set");
    if (args.length === 0) return;
    const [first] = args;
    if (args.length === 1 && (typeof first !== "object" || first === null)) throw codedTypeError("ERR_MISSING_ARGS", "Not enough arguments");
    if (args.length === 1) return map.#change(isCookie(first) ? first : new Cookie(first as CookieInit));
    const name = checkName(String(first));
    map.#change(new Cookie(name, args[1] as string, args[2]));
  }
  delete(...args: [name: string, options?: { domain?: string; path?: string }] | [cookie: CookieInit] | []): void {
    const map = self(this, "delete");
    if (args.length === 0) return;
    const [first] = args as unknown[];
    const given = args.length > 1 ? args[1] : typeof first === "object" && first !== null ? (first as CookieInit) : undefined;
    if (args.length > 1 && (typeof given !== "object" || given === null)) throw new TypeError("Options must be an object");
    const name = typeof first === "string" ? first : ((first as CookieInit | null | undefined)?.name ?? undefined);
    if (name === undefined) throw new TypeError("Cookie name is required");
    const { domain, path } = given ?? {};
    map.#change(new Cookie(checkName(String(name)), "", { domain: domain as string, path: path as string, expires: 0 }));
  }

  get size(): number {
    return self(this, "size").#entries().length;
  }
  toSetCookieHeaders(): string[] {
    return self(this, "toSetCookieHeaders").#changed.map((cookie) => cookie.toString());
  }
  toJSON(): Record<string, string> {
    const json: Record<string, string> = {};
    for (const [name, value] of self(this, "toJSON").#entries()) {
      // The first of a name counts; any name is a property, also that of the prototype.
      if (!Object.hasOwn(json, name)) Object.defineProperty(json, name, { value, writable: true, enumerable: true, configurable: true });
    }
    return json;
  }

  entries(): IterableIterator<Pair> {
    return iterate(self(this, "entries"), (pair) => pair);
  }
  keys(): IterableIterator<string> {
    return iterate(self(this, "keys"), ([name]) => name);
  }
  values(): IterableIterator<string> {
    return iterate(self(this, "values"), ([, value]) => value);
  }
  forEach(callback: (value: string, name: string, map: CookieMap) => void, thisArg?: unknown): void {
    const map = self(this, "forEach");
    if (typeof callback !== "function") throw codedTypeError("ERR_INVALID_ARG_TYPE", "Cannot call callback on a non-function");
    requireArguments(arguments.length, 1);
    for (const [name, value] of iterate(map, (pair) => pair)) Reflect.apply(callback, thisArg, [value, name, map]);
  }

  #find(name: string): string | undefined {
    const changed = this.#changed.find((cookie) => cookie.name === name);
    if (changed !== undefined) return changed.value === "" ? undefined : changed.value;
    return this.#received.find((pair) => pair[0] === name)?.[1];
  }
  #change(cookie: Cookie): void {
    const { name } = cookie;
    this.#received = this.#received.filter((pair) => pair[0] !== name);
    this.#changed = this.#changed.filter((other) => other.name !== name);
    this.#changed.push(cookie);
  }
  /** What the map holds now: what was set, then what came. */
  #entries(): Pair[] {
    const set = this.#changed.filter((cookie) => cookie.value !== "");
    return [...set.map((cookie): Pair => [cookie.name, cookie.value]), ...this.#received];
  }

  static entriesOf(map: CookieMap): Pair[] {
    return map.#entries();
  }
  static isCookieMap(value: unknown): value is CookieMap {
    return typeof value === "object" && value !== null && #received in value;
  }
  static changesOf(map: CookieMap): Cookie[] {
    return map.#changed;
  }
}

const { entriesOf, isCookieMap, changesOf } = CookieMap;
for (const name of ["entriesOf", "isCookieMap", "changesOf"]) Reflect.deleteProperty(CookieMap, name);

function self(value: unknown, member: string): CookieMap {
  if (isCookieMap(value)) return value;
  throw codedTypeError("ERR_INVALID_THIS", `Can only call CookieMap.${member} on instances of CookieMap`);
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
const places = new WeakMap<object, { map: CookieMap; index: number; pick: (pair: Pair) => unknown }>();
/** By position: what is set while a program iterates shifts what it sees. */
const iteratorPrototype = Object.create(IteratorPrototype, {
  next: {
    value: function next(this: object): IteratorResult<unknown> {
      const place = places.get(this);
      if (place === undefined) throw codedTypeError("ERR_INVALID_THIS", "Cannot call next() on a non-Iterator object");
      const pair = entriesOf(place.map)[place.index];
      if (pair === undefined) return { value: undefined, done: true };
      place.index++;
      return { value: place.pick(pair), done: false };
    },
    writable: true, enumerable: true, configurable: true,
  },
  [Symbol.toStringTag]: { value: "CookieMap Iterator", configurable: true },
});

function iterate<T>(map: CookieMap, pick: (pair: Pair) => T): IterableIterator<T> {
  const iterator = Object.create(iteratorPrototype);
  places.set(iterator, { map, index: 0, pick });
  return iterator;
}

defineInterface(CookieMap as never, "CookieMap");
defineLengths(CookieMap as never, { constructor: 1, set: 2, delete: 1, forEach: 1 });
Object.defineProperty(CookieMap.prototype, Symbol.iterator, { value: CookieMap.prototype.entries, writable: true, configurable: true });
Object.defineProperty(CookieMap.prototype, inspectCustom, {
  value(this: unknown): unknown {
    return isCookieMap(this) ? this.toJSON() : this;
  },
  configurable: true,
});

/** The cookies of a request's `Cookie` header. */
export function cookieMapOf(header: string | null): CookieMap {
  return new CookieMap(header ?? "");
}

/** Whether a response has cookies to send. */
export function hasChanges(map: CookieMap): boolean {
  return changesOf(map).length > 0;
}

/** The `Set-Cookie` lines of a response, in the order of the changes. */
export function setCookieLines(map: CookieMap): string[] {
  return changesOf(map).map((cookie) => cookie.toString());
}
