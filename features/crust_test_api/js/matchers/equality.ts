// toBe, toEqual, toStrictEqual, toMatchObject and their like.
import { both, compared, define, hint, misuse, shownExpected, shownReceived } from "crust:test_api/expect_core";
import { containsSubset, equals, strictlyEquals } from "crust:test_api/equals";

define("toBe", (call, expected) => Object.is(call.received, expected), (call, expected) => {
  const text = compared(call, expected);
  if (call.isNot || !equals(call.received, expected)) return text;
  const better = strictlyEquals(call.received, expected) ? "toStrictEqual" : "toEqual";
  return `${hint(call)}\n\nIf it should pass with deep equality, replace "toBe" with "${better}"\n\nExpected: ${shownExpected(expected)}\nReceived: serializes to the same string`;
});
define("toEqual", (call, expected) => equals(call.received, expected), compared);
define("toStrictEqual", (call, expected) => strictlyEquals(call.received, expected), compared);
define("toMatchObject", (call, expected) => {
  if (call.received === null || typeof call.received !== "object") misuse(call, `received value must be a non-null object\n\nReceived: ${shownReceived(call.received)}`);
  if (expected === null || typeof expected !== "object") misuse(call, `expected value must be a non-null object\n\nExpected: ${shownExpected(expected)}`);
  return containsSubset(call.received, expected);
}, (call, expected) => compared({ ...call, received: shownPart(call.received, expected) }, expected));

/** The part of a value that an expected one speaks of. */
function shownPart(received: any, expected: any): unknown {
  if (received === null || typeof received !== "object" || expected === null || typeof expected !== "object") return received;
  if (Array.isArray(received) && Array.isArray(expected)) {
    return received.length === expected.length ? received.map((item, index) => shownPart(item, expected[index])) : received;
  }
  if (Array.isArray(received) || received instanceof Date || received instanceof Map || received instanceof Set) return received;
  const part: any = {};
  for (const key of Reflect.ownKeys(expected)) if (key in received) part[key] = shownPart(received[key], expected[key]);
  return part;
}

define("toEqualIgnoringWhitespace", (call, expected) => {
  if (typeof call.received !== "string") misuse(call, `received value must be a string\n\nReceived: ${shownReceived(call.received)}`);
  if (typeof expected !== "string") misuse(call, `expected value must be a string\n\nExpected: ${shownExpected(expected)}`);
  return call.received.replace(/\s+/g, "") === expected.replace(/\s+/g, "");
}, both);

define("toBeOneOf", (call, list) => Array.from(list as Iterable<unknown>).some((item) => equals(call.received, item)), (call, list) => both(call, Array.from(list), "Expected to be one of"));
define("toSatisfy", (call, predicate) => {
  if (typeof predicate !== "function") misuse(call, `expected value must be a function\n\nExpected: ${shownExpected(predicate)}`);
  return Boolean(predicate(call.received));
}, (call, predicate) => both(call, predicate, "Expected to satisfy"));
