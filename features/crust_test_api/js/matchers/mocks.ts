// What mock functions were called with and returned.
import { define, defineVariadic, hint, misuse, shownExpected, shownReceived, type Call } from "crust:test_api/expect_core";
import { equals } from "crust:test_api/equals";
import { format } from "crust:test_api/format";
import { isMock } from "crust:test_api/mock";
import { green, red } from "crust:test_api/colours";
import { difference } from "crust:test_api/diff";

interface Result {
  type: string;
  value: unknown;
}

function calls(call: Call): unknown[][] {
  const { received } = call;
  if (isMock(received)) return received.mock.calls;
  // node:test's mocks keep objects.
  const recorded = received?.mock?.calls;
  if (typeof received === "function" && Array.isArray(recorded)) return recorded.map((one: any) => (Array.isArray(one) ? one : one.arguments));
  return misuse(call, `received value must be a mock or spy function\n\nReceived: ${shownReceived(received)}`);
}

function results(call: Call): Result[] {
  if (!isMock(call.received)) misuse(call, `received value must be a mock function\n\nReceived: ${shownReceived(call.received)}`);
  return call.received.mock.results;
}

const returned = (call: Call): Result[] => results(call).filter((result) => result.type === "return");
const not = (call: Call): string => (call.isNot ? "not " : "");

function listed(list: unknown[][]): string {
  if (list.length === 0) return "";
  const shown = list.slice(0, 3).map((args, index) => `\n  ${index + 1}: ${red(args.map((arg) => format(arg, { singleLine: true })).join(", "))}`);
  return `${shown.join("")}${list.length > 3 ? `\n  … ${list.length - 3} more` : ""}`;
}

function explainCalls(call: Call, expected: unknown[], actual: unknown[] | undefined): string {
  const list = calls(call);
  const head = hint(call, "...expected");
  if (call.isNot) return `${head}\n\nExpected: not ${green(expected.map((arg) => format(arg)).join(", "))}\n\nNumber of calls: ${red(String(list.length))}`;
  if (actual !== undefined) {
    const a = format(expected);
    const b = format(actual);
    return `${head}\n\n${a.includes("\n") || b.includes("\n") ? difference(a, b) : `Expected: ${green(a)}\nReceived: ${red(b)}`}\n\nNumber of calls: ${red(String(list.length))}`;
  }
  return `${head}\n\nExpected: ${green(expected.map((arg) => format(arg)).join(", "))}\nBut it was not called.\n\nNumber of calls: ${red(String(list.length))}${listed(list)}`;
}

define("toHaveBeenCalled", (call) => calls(call).length > 0, (call) => `${hint(call, "")}\n\nExpected number of calls: ${call.isNot ? "" : ">= "}${green(call.isNot ? "0" : "1")}\nReceived number of calls: ${red(String(calls(call).length))}${listed(calls(call))}`, ["toBeCalled"]);
define("toHaveBeenCalledOnce", (call) => calls(call).length === 1, (call) => `${hint(call, "")}\n\nExpected number of calls: ${not(call)}${green("1")}\nReceived number of calls: ${red(String(calls(call).length))}${listed(calls(call))}`);
define("toHaveBeenCalledTimes", (call, times) => {
  if (typeof times !== "number" || !Number.isInteger(times) || times < 0) misuse(call, `expected value must be a non-negative integer\n\nExpected: ${shownExpected(times)}`);
  return calls(call).length === times;
}, (call, times) => `${hint(call)}\n\nExpected number of calls: ${not(call)}${green(String(times))}\nReceived number of calls: ${red(String(calls(call).length))}${listed(calls(call))}`, ["toBeCalledTimes"]);
defineVariadic("toHaveBeenCalledWith", (call, ...expected) => calls(call).some((args) => equals(args, expected)), (call, ...expected) => {
  const list = calls(call);
  return explainCalls(call, expected, list.length === 1 ? list[0] : undefined) + (list.length > 1 ? "" : "");
}, ["toBeCalledWith"]);
defineVariadic("toHaveBeenLastCalledWith", (call, ...expected) => calls(call).length > 0 && equals(calls(call).at(-1), expected), (call, ...expected) => explainCalls(call, expected, calls(call).at(-1)), ["lastCalledWith"]);
defineVariadic("toHaveBeenNthCalledWith", (call, n, ...expected) => {
  checkIndex(call, n);
  return calls(call).length >= n && equals(calls(call)[n - 1], expected);
}, (call, n, ...expected) => `${explainCalls(call, expected, calls(call)[n - 1])}\nn: ${n}`, ["nthCalledWith"]);
defineVariadic("toHaveBeenCalledExactlyOnceWith", (call, ...expected) => calls(call).length === 1 && equals(calls(call)[0], expected), (call, ...expected) => explainCalls(call, expected, calls(call)[0]));

function orders(call: Call): number[] {
  if (!isMock(call.received)) misuse(call, `received value must be a mock function\n\nReceived: ${shownReceived(call.received)}`);
  return call.received.mock.invocationCallOrder;
}
define("toHaveBeenCalledBefore", (call, other, failIfNever = true) => {
  if (!isMock(other)) misuse(call, `expected value must be a mock function\n\nExpected: ${shownExpected(other)}`);
  const [first] = orders(call);
  const [second] = other.mock.invocationCallOrder;
  if (first === undefined) return false;
  return second === undefined ? !failIfNever : first < second;
}, (call, other) => `${hint(call)}\n\nExpected first call ${not(call)}before the other's\nOrder of its calls: ${red(orders(call).join(", "))}\nOrder of the other's: ${green(other.mock.invocationCallOrder.join(", "))}`);
define("toHaveBeenCalledAfter", (call, other, failIfNever = true) => {
  if (!isMock(other)) misuse(call, `expected value must be a mock function\n\nExpected: ${shownExpected(other)}`);
  const last = orders(call).at(-1);
  const [first] = other.mock.invocationCallOrder;
  if (last === undefined) return false;
  return first === undefined ? !failIfNever : last > first;
}, (call, other) => `${hint(call)}\n\nExpected last call ${not(call)}after the other's\nOrder of its calls: ${red(orders(call).join(", "))}\nOrder of the other's: ${green(other.mock.invocationCallOrder.join(", "))}`);

function checkIndex(call: Call, n: unknown): void {
  if (typeof n !== "number" || !Number.isInteger(n) || n < 1) misuse(call, `n must be a positive integer\n\nn has value: ${format(n)}`, "n, ...expected");
}

function explainReturns(call: Call, expected: unknown): string {
  const list = results(call).map((result, index) => `\n  ${index + 1}: ${result.type === "throw" ? "function call threw an error" : red(format(result.value, { singleLine: true }))}`).slice(0, 5);
  return `${hint(call)}\n\nExpected: ${not(call)}${shownExpected(expected)}\nReceived:${list.length > 0 ? list.join("") : " no call"}\n\nNumber of returns: ${returned(call).length}`;
}

define("toHaveReturned", (call) => returned(call).length > 0, (call) => `${hint(call, "")}\n\nExpected number of returns: ${call.isNot ? "0" : ">= 1"}\nReceived number of returns: ${red(String(returned(call).length))}`, ["toReturn"]);
define("toHaveReturnedTimes", (call, times) => returned(call).length === times, (call, times) => `${hint(call)}\n\nExpected number of returns: ${not(call)}${green(String(times))}\nReceived number of returns: ${red(String(returned(call).length))}`, ["toReturnTimes"]);
define("toHaveReturnedWith", (call, value) => returned(call).some((result) => equals(result.value, value)), explainReturns, ["toReturnWith"]);
define("toHaveLastReturnedWith", (call, value) => {
  const last = results(call).at(-1);
  return last?.type === "return" && equals(last.value, value);
}, explainReturns, ["lastReturnedWith"]);
define("toHaveNthReturnedWith", (call, n, value) => {
  checkIndex(call, n);
  const result = results(call)[n - 1];
  return result?.type === "return" && equals(result.value, value);
}, (call, n, value) => `${explainReturns(call, value)}\nn: ${n}`, ["nthReturnedWith"]);

// --- what promises came to

const settled = (call: Call): Result[] => {
  if (!isMock(call.received)) misuse(call, `received value must be a mock function\n\nReceived: ${shownReceived(call.received)}`);
  return call.received.mock.settledResults.filter((result: Result) => result.type === "fulfilled");
};
const explainResolved = (call: Call, expected?: unknown): string => `${hint(call)}\n\nExpected: ${not(call)}${shownExpected(expected)}\nResolved values: ${red(format(settled(call).map((result) => result.value)))}`;
define("toHaveResolved", (call) => settled(call).length > 0, explainResolved);
define("toHaveResolvedTimes", (call, times) => settled(call).length === times, explainResolved);
define("toHaveResolvedWith", (call, value) => settled(call).some((result) => equals(result.value, value)), explainResolved);
define("toHaveLastResolvedWith", (call, value) => settled(call).length > 0 && equals(settled(call).at(-1)!.value, value), explainResolved);
define("toHaveNthResolvedWith", (call, n, value) => equals(settled(call)[n - 1]?.value, value) && settled(call).length >= n, (call, _n, value) => explainResolved(call, value));

// --- chains of `vi.when`

const chains = (): typeof import("crust:test_api/mock_when") => require("crust:test_api/mock_when");
define("toHaveBeenExhausted", (call) => {
  if (!chains().isWhenChain(call.received)) misuse(call, `received value must be what vi.when() gives\n\nReceived: ${shownReceived(call.received)}`, "");
  return chains().unused(call.received).length === 0;
}, (call) => `${hint(call, "")}\n\n${call.isNot ? "Expected some behaviors to be left, but all were used" : `Expected every behavior to be used, but these were not:\n${chains().unused(call.received).join("\n")}`}`);
