// Numbers and dates.
import { both, define, hint, misuse, only, shownExpected, shownReceived, type Call } from "crust:test_api/expect_core";

function isNumeric(value: unknown): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

function compare(name: string, sign: string, test: (a: any, b: any) => boolean): void {
  define(name, (call, expected) => {
    if (!isNumeric(call.received)) misuse(call, `received value must be a number or bigint\n\nReceived: ${shownReceived(call.received)}`);
    if (!isNumeric(expected)) misuse(call, `expected value must be a number or bigint\n\nExpected: ${shownExpected(expected)}`);
    return test(call.received, expected);
  }, (call, expected) => `${hint(call)}\n\nExpected: ${call.isNot ? "not " : ""}${sign} ${shownExpected(expected)}\nReceived: ${" ".repeat(sign.length)} ${shownReceived(call.received)}`);
}

compare("toBeGreaterThan", ">", (a, b) => a > b);
compare("toBeGreaterThanOrEqual", ">=", (a, b) => a >= b);
compare("toBeLessThan", "<", (a, b) => a < b);
compare("toBeLessThanOrEqual", "<=", (a, b) => a <= b);

define("toBeCloseTo", (call, expected, precision = 2) => {
  if (typeof call.received !== "number") misuse(call, `received value must be a number\n\nReceived: ${shownReceived(call.received)}`);
  if (typeof expected !== "number") misuse(call, `expected value must be a number\n\nExpected: ${shownExpected(expected)}`);
  if (call.received === expected) return true;
  return Math.abs(call.received - expected) < Math.pow(10, -precision) / 2;
}, (call, expected, precision = 2) => {
  const distance = Math.abs(call.received - expected);
  return `${both(call, expected)}\n\nExpected precision:  ${precision}\nExpected difference: ${call.isNot ? ">=" : "<"} ${Math.pow(10, -precision) / 2}\nReceived difference:   ${distance}`;
});

function simple(name: string, test: (value: any) => boolean): void {
  define(name, (call) => test(call.received), only);
}
const isEven = (value: any): boolean => (typeof value === "bigint" ? value % 2n === 0n : typeof value === "number" && value % 2 === 0);
const isOdd = (value: any): boolean => (typeof value === "bigint" ? value % 2n !== 0n : typeof value === "number" && Math.abs(value % 2) === 1);
simple("toBeEven", isEven);
simple("toBeOdd", isOdd);
simple("toBePositive", (value) => isNumeric(value) && value > 0 && value !== Infinity);
simple("toBeNegative", (value) => isNumeric(value) && value < 0 && value !== -Infinity);
simple("toBeFinite", Number.isFinite);
simple("toBeInteger", Number.isInteger);
define("toBeWithin", (call, start, end) => {
  if (!isNumeric(start) || !isNumeric(end)) misuse(call, "start and end must be numbers", "start, end");
  return isNumeric(call.received) && call.received >= start && call.received < end;
}, (call, start, end) => `${hint(call, "start, end")}\n\nExpected: ${call.isNot ? "not " : ""}between ${shownExpected(start)} (inclusive) and ${shownExpected(end)} (exclusive)\nReceived: ${shownReceived(call.received)}`);
define("toBeInRange", (call, start, end) => isNumeric(call.received) && call.received >= start && call.received <= end, (call, start, end) => `${hint(call, "start, end")}\n\nExpected: ${call.isNot ? "not " : ""}between ${shownExpected(start)} and ${shownExpected(end)} (inclusive)\nReceived: ${shownReceived(call.received)}`);

// --- dates

simple("toBeDate", (value) => value instanceof Date);
simple("toBeValidDate", (value) => value instanceof Date && !Number.isNaN(+value));

function dates(name: string, test: (a: number, b: number) => boolean): void {
  define(name, (call, expected) => {
    checkDate(call, expected);
    return call.received instanceof Date && test(+call.received, +expected);
  }, both);
}
function checkDate(call: Call, expected: unknown): void {
  if (!(expected instanceof Date)) misuse(call, `expected value must be a Date\n\nExpected: ${shownExpected(expected)}`);
}
dates("toBeAfter", (a, b) => a > b);
dates("toBeBefore", (a, b) => a < b);
dates("toBeAfterOrEqualTo", (a, b) => a >= b);
dates("toBeBeforeOrEqualTo", (a, b) => a <= b);
define("toBeBetween", (call, start, end) => {
  checkDate(call, start);
  checkDate(call, end);
  return call.received instanceof Date && +call.received >= +start && +call.received <= +end;
}, (call, start, end) => `${hint(call, "start, end")}\n\nExpected: ${call.isNot ? "not " : ""}between ${shownExpected(start)} and ${shownExpected(end)}\nReceived: ${shownReceived(call.received)}`);
