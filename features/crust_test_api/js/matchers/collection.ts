// Arrays, iterables, maps and objects by what they contain.
import { both, define, defineVariadic, hint, misuse, shownExpected, shownReceived, type Call } from "crust:test_api/expect_core";
import { equals } from "crust:test_api/equals";
import { format } from "crust:test_api/format";
import { green, red } from "crust:test_api/colours";

define("toHaveLength", (call, length) => {
  const received = call.received;
  if (received === null || received === undefined || typeof (received.length ?? received.size) !== "number") {
    misuse(call, `received value must have a length property whose value must be a number\n\nReceived: ${shownReceived(received)}`);
  }
  if (typeof length !== "number" || !Number.isInteger(length) || length < 0) misuse(call, `expected value must be a non-negative integer\n\nExpected: ${shownExpected(length)}`);
  return (received.length ?? received.size) === length;
}, (call, length) => `${hint(call)}\n\nExpected length: ${call.isNot ? "not " : ""}${green(format(length))}\nReceived length: ${red(String(call.received.length ?? call.received.size))}\nReceived: ${shownReceived(call.received)}`);

function items(call: Call): unknown[] {
  const { received } = call;
  if (received === null || received === undefined || (typeof received[Symbol.iterator] !== "function" && typeof received.length !== "number")) {
    misuse(call, `received value must be an array type, or both received and expected values must be strings\n\nReceived: ${shownReceived(received)}`);
  }
  return Array.from(received as Iterable<unknown>);
}

define("toContain", (call, item) => {
  if (typeof call.received === "string") {
    if (typeof item !== "string") misuse(call, `expected value must be a string if received value is a string\n\nExpected: ${shownExpected(item)}`);
    return call.received.includes(item);
  }
  return items(call).some((value) => value === item);
}, (call, item) => both(call, item, "Expected to contain"));
define("toContainEqual", (call, item) => {
  if (typeof call.received === "string") return call.received.includes(item);
  return items(call).some((value) => equals(value, item));
}, (call, item) => both(call, item, "Expected to contain"));

// --- keys and values

const has = (value: unknown, key: PropertyKey): boolean => value instanceof Map ? value.has(key) : value !== null && value !== undefined && Object.hasOwn(Object(value), key);
const keysOf = (value: unknown): unknown[] => value instanceof Map ? [...value.keys()] : Object.keys(Object(value));
const valuesOf = (value: unknown): unknown[] => value instanceof Map ? [...value.values()] : Object.values(Object(value));

define("toContainKey", (call, key) => has(call.received, key), (call, key) => both(call, key, "Expected to contain key"));
define("toContainKeys", (call, keys) => keys.every((key: PropertyKey) => has(call.received, key)), (call, keys) => both(call, keys, "Expected to contain keys"));
define("toContainAllKeys", (call, keys) => keysOf(call.received).length === keys.length && keys.every((key: PropertyKey) => has(call.received, key)), (call, keys) => both(call, keys, "Expected to contain all keys"));
define("toContainAnyKeys", (call, keys) => keys.some((key: PropertyKey) => has(call.received, key)), (call, keys) => both(call, keys, "Expected to contain any of the keys"));
define("toContainValue", (call, value) => valuesOf(call.received).some((item) => equals(item, value)), (call, value) => both(call, value, "Expected to contain value"));
define("toContainValues", (call, values) => values.every((value: unknown) => valuesOf(call.received).some((item) => equals(item, value))), (call, values) => both(call, values, "Expected to contain values"));
define("toContainAllValues", (call, values) => {
  const own = valuesOf(call.received);
  return own.length === values.length && values.every((value: unknown) => own.some((item) => equals(item, value)));
}, (call, values) => both(call, values, "Expected to contain all values"));
define("toContainAnyValues", (call, values) => values.some((value: unknown) => valuesOf(call.received).some((item) => equals(item, value))), (call, values) => both(call, values, "Expected to contain any of the values"));
define("toContainEntry", (call, [key, value]) => has(call.received, key) && equals(read(call.received, key), value), (call, entry) => both(call, entry, "Expected to contain entry"));
define("toContainEntries", (call, entries) => entries.every(([key, value]: [PropertyKey, unknown]) => has(call.received, key) && equals(read(call.received, key), value)), (call, entries) => both(call, entries, "Expected to contain entries"));
define("toContainAllEntries", (call, entries) => keysOf(call.received).length === entries.length && entries.every(([key, value]: [PropertyKey, unknown]) => has(call.received, key) && equals(read(call.received, key), value)), (call, entries) => both(call, entries, "Expected to contain all entries"));
define("toContainAnyEntries", (call, entries) => entries.some(([key, value]: [PropertyKey, unknown]) => has(call.received, key) && equals(read(call.received, key), value)), (call, entries) => both(call, entries, "Expected to contain any of the entries"));

function read(value: any, key: PropertyKey): unknown {
  return value instanceof Map ? value.get(key) : value[key];
}

define("toIncludeAllMembers", (call, members) => members.every((member: unknown) => items(call).some((item) => equals(item, member))), (call, members) => both(call, members, "Expected to include all of"));
define("toIncludeAnyMembers", (call, members) => members.some((member: unknown) => items(call).some((item) => equals(item, member))), (call, members) => both(call, members, "Expected to include any of"));
define("toIncludeSameMembers", (call, members) => {
  const left = items(call).slice();
  if (left.length !== members.length) return false;
  return members.every((member: unknown) => {
    const index = left.findIndex((item) => equals(item, member));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}, (call, members) => both(call, members, "Expected to include the same members as"));
define("toPartiallyContain", (call, member) => items(call).some((item: any) => item !== null && typeof item === "object" && Object.keys(member).every((key) => equals(item[key], member[key]))), (call, member) => both(call, member, "Expected to partially contain"));
define("toIncludeAllPartialMembers", (call, members) => members.every((member: any) => items(call).some((item: any) => item !== null && typeof item === "object" && Object.keys(member).every((key) => equals(item[key], member[key])))), (call, members) => both(call, members, "Expected to include all of these partial members"));
define("toIncludeAnyPartialMembers", (call, members) => members.some((member: any) => items(call).some((item: any) => item !== null && typeof item === "object" && Object.keys(member).every((key) => equals(item[key], member[key])))), (call, members) => both(call, members, "Expected to include any of these partial members"));
define("toSatisfyAll", (call, predicate) => items(call).every((item) => predicate(item)), (call, predicate) => both(call, predicate, "Expected all to satisfy"));
define("toSatisfyAny", (call, predicate) => items(call).some((item) => predicate(item)), (call, predicate) => both(call, predicate, "Expected any to satisfy"));
define("toHaveKey", (call, key) => has(call.received, key), (call, key) => both(call, key, "Expected to have key"));

// --- toHaveProperty

function pathOf(call: Call, path: unknown): PropertyKey[] {
  if (Array.isArray(path)) {
    if (path.length === 0) misuse(call, "expected path must not be an empty array", "path");
    return path;
  }
  if (typeof path !== "string" && typeof path !== "number" && typeof path !== "symbol") misuse(call, `expected path must be a string or array\n\nExpected: ${shownExpected(path)}`, "path");
  if (typeof path !== "string") return [path as PropertyKey];
  if (path === "") return [""];
  const parts: PropertyKey[] = [];
  path.replace(/[^.[\]]+|\[(?:(-?\d+(?:\.\d+)?)|(["'])((?:(?!\2)[^\\]|\\.)*?)\2)\]|(?=(?:\.|\[\])(?:\.|\[\]|$))/g, (match, number: string | undefined, quote: string | undefined, text: string | undefined) => {
    parts.push(quote !== undefined ? text!.replace(/\\(\\)?/g, "$1") : number ?? match);
    return match;
  });
  return parts;
}

interface Found {
  has: boolean;
  value: unknown;
  /** How much of the path there is. */
  reached: PropertyKey[];
}

function follow(value: any, path: PropertyKey[]): Found {
  const reached: PropertyKey[] = [];
  for (const key of path) {
    if (value === null || value === undefined || !(key in Object(value))) return { has: false, value, reached };
    value = value[key];
    reached.push(key);
  }
  return { has: true, value, reached };
}

defineVariadic("toHaveProperty", (call, path, ...rest) => {
  if (call.received === null || call.received === undefined) misuse(call, `received value must not be null nor undefined\n\nReceived: ${shownReceived(call.received)}`, "path");
  const keys = pathOf(call, path);
  let found = follow(call.received, keys);
  // A key may hold dots itself.
  if (!found.has && typeof path === "string" && path in Object(call.received)) found = { has: true, value: call.received[path], reached: [path] };
  return rest.length === 0 ? found.has : found.has && equals(found.value, rest[0]);
}, (call, path, ...rest) => {
  const found = follow(call.received, pathOf(call, path));
  const not = call.isNot ? "not " : "";
  const value = rest.length === 0 ? "" : `\nExpected value: ${not}${shownExpected(rest[0])}`;
  const received = found.has ? `\nReceived value: ${shownReceived(found.value)}` : `\nReceived path: ${shownReceived(found.reached)}\nReceived value: ${shownReceived(found.value)}`;
  return `${hint(call, rest.length === 0 ? "path" : "path, value")}\n\nExpected path: ${not}${shownExpected(path)}${value}${received}`;
});
