// Truth, absence and the kinds of values.
import { both, define, hint, misuse, only, shownReceived, type Call } from "crust:test_api/expect_core";
import { className, format } from "crust:test_api/format";
import { green, red } from "crust:test_api/colours";

function simple(name: string, test: (value: any) => boolean): void {
  define(name, (call) => test(call.received), only);
}

simple("toBeTruthy", Boolean);
simple("toBeFalsy", (value) => !value);
simple("toBeDefined", (value) => value !== undefined);
simple("toBeUndefined", (value) => value === undefined);
simple("toBeNull", (value) => value === null);
simple("toBeNil", (value) => value === null || value === undefined);
simple("toBeNullable", (value) => value === null || value === undefined);
simple("toBeNaN", (value) => Number.isNaN(value));
simple("toBeTrue", (value) => value === true);
simple("toBeFalse", (value) => value === false);
simple("toBeString", (value) => typeof value === "string" || value instanceof String);
simple("toBeNumber", (value) => typeof value === "number");
simple("toBeBoolean", (value) => typeof value === "boolean");
simple("toBeSymbol", (value) => typeof value === "symbol");
simple("toBeBigInt", (value) => typeof value === "bigint");
simple("toBeFunction", (value) => typeof value === "function");
simple("toBeObject", (value) => value !== null && typeof value === "object");
simple("toBeArray", Array.isArray);
simple("toBeEmptyObject", (value) => value !== null && typeof value === "object" && !Array.isArray(value) && Reflect.ownKeys(value).length === 0);
simple("toBePrimitive", (value) => value === null || (typeof value !== "object" && typeof value !== "function"));
simple("toBeExtensible", Object.isExtensible);
simple("toBeFrozen", Object.isFrozen);
simple("toBeSealed", Object.isSealed);
simple("toBeHexadecimal", (value) => typeof value === "string" && /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(value));
simple("toBeDateString", (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)));

define("toBeArrayOfSize", (call, size) => Array.isArray(call.received) && call.received.length === size, (call, size) => both(call, size, "Expected size"));
define("toBeTypeOf", (call, type) => {
  const kinds = ["function", "object", "bigint", "boolean", "number", "string", "symbol", "undefined"];
  if (!kinds.includes(type)) misuse(call, `expected value must be one of ${kinds.join(", ")}`);
  return typeof call.received === type;
}, (call, type) => `${hint(call)}\n\nExpected type: ${call.isNot ? "not " : ""}${green(format(type))}\nReceived type: ${red(format(typeof call.received))}\nReceived value: ${shownReceived(call.received)}`);
define("toBeInstanceOf", (call, type) => {
  if (typeof type !== "function") misuse(call, `expected value must be a function\n\nExpected: ${green(format(type))}`);
  return call.received instanceof type;
}, (call, type) => `${hint(call)}\n\nExpected constructor: ${call.isNot ? "not " : ""}${green(type.name || "anonymous")}${constructorLine(call)}`);

function constructorLine(call: Call): string {
  const { received } = call;
  if (received === null || (typeof received !== "object" && typeof received !== "function")) return `\nReceived value: ${shownReceived(received)}`;
  return `\nReceived constructor: ${red(className(received))}\nReceived value: ${shownReceived(received)}`;
}

define("toBeEmpty", (call) => sizeOf(call) === 0, only);

function sizeOf(call: Call): number {
  const { received } = call;
  if (typeof received === "string" || Array.isArray(received) || ArrayBuffer.isView(received)) return (received as any).length ?? (received as any).byteLength;
  if (received instanceof Map || received instanceof Set) return received.size;
  if (received !== null && typeof received === "object") {
    if (typeof (received as any)[Symbol.iterator] === "function") {
      return (received as any)[Symbol.iterator]().next().done ? 0 : 1;
    }
    if (typeof (received as any).size === "number") return (received as any).size;
    return Reflect.ownKeys(received).length;
  }
  return misuse(call, `received value must be a string, object, or iterable\n\nReceived: ${shownReceived(received)}`, "");
}

define("pass", () => true, (call, message) => (message === undefined ? "passes by .pass() assertion" : String(message)));
define("fail", () => false, (call, message) => (message === undefined ? "fails by .fail() assertion" : String(message)));
