// Strings.
import { both, define, misuse, only, shownExpected, shownReceived, type Call } from "crust:test_api/expect_core";

function checkStrings(call: Call, expected: unknown): void {
  if (typeof call.received !== "string") misuse(call, `received value must be a string\n\nReceived: ${shownReceived(call.received)}`);
  if (typeof expected !== "string") misuse(call, `expected value must be a string\n\nExpected: ${shownExpected(expected)}`);
}

define("toMatch", (call, expected) => {
  if (typeof call.received !== "string") misuse(call, `received value must be a string\n\nReceived: ${shownReceived(call.received)}`);
  if (typeof expected === "string") return call.received.includes(expected);
  if (!(expected instanceof RegExp)) misuse(call, `expected value must be a string or regular expression\n\nExpected: ${shownExpected(expected)}`);
  return new RegExp(expected).test(call.received);
}, (call, expected) => both(call, expected, typeof expected === "string" ? "Expected substring" : "Expected pattern"));

define("toInclude", (call, expected) => {
  checkStrings(call, expected);
  return call.received.includes(expected);
}, (call, expected) => both(call, expected, "Expected to include"));
define("toIncludeRepeated", (call, expected, times) => {
  checkStrings(call, expected);
  if (typeof times !== "number" || times < 0) misuse(call, "the number of times must be a number that is not negative", "substring, times");
  if (expected === "") return misuse(call, "the substring must not be empty", "substring, times");
  return call.received.split(expected).length - 1 === times;
}, (call, expected, times) => both(call, expected, `Expected to include ${times} times`));
define("toIncludeMultiple", (call, list) => list.every((part: string) => String(call.received).includes(part)), (call, list) => both(call, list, "Expected to include all of"));
define("toStartWith", (call, expected) => {
  checkStrings(call, expected);
  return call.received.startsWith(expected);
}, (call, expected) => both(call, expected, "Expected to start with"));
define("toEndWith", (call, expected) => {
  checkStrings(call, expected);
  return call.received.endsWith(expected);
}, (call, expected) => both(call, expected, "Expected to end with"));
define("toEqualCaseInsensitive", (call, expected) => {
  checkStrings(call, expected);
  return call.received.toLowerCase() === expected.toLowerCase();
}, both);
