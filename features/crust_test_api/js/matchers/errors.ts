// toThrow, toReject and their like.
import { define, hint, misuse, shownExpected, shownReceived, type Call } from "crust:test_api/expect_core";
import { equals } from "crust:test_api/equals";
import { className, format, isAsymmetric } from "crust:test_api/format";
import { green, red } from "crust:test_api/colours";

interface Thrown {
  threw: boolean;
  value: any;
}

const outcomes = new WeakMap<Call, Thrown>();

/** Calls the received function, or takes what `rejects` brought. */
export function thrownBy(call: Call): Thrown {
  const known = outcomes.get(call);
  if (known !== undefined) return known;
  let thrown: Thrown = { threw: false, value: undefined };
  if (call.promise === "rejects") {
    thrown = { threw: true, value: call.received };
  } else if (typeof call.received !== "function") {
    if (call.promise !== "resolves") misuse(call, `received value must be a function\n\nReceived: ${shownReceived(call.received)}`);
  } else {
    try {
      const result = call.received();
      // An async function's error is in its promise; nobody else looks after that.
      if (result !== null && typeof result === "object" && typeof result.then === "function") result.then(undefined, () => {});
    } catch (error) {
      thrown = { threw: true, value: error };
    }
  }
  outcomes.set(call, thrown);
  return thrown;
}

function messageOf(value: any): string {
  return value !== null && typeof value === "object" && "message" in value ? String(value.message) : String(value);
}

function matches(call: Call, expected: any): boolean {
  const { threw, value } = thrownBy(call);
  if (!threw) return false;
  if (expected === undefined) return true;
  if (typeof expected === "string") return messageOf(value).includes(expected);
  if (expected instanceof RegExp) return new RegExp(expected).test(messageOf(value));
  if (typeof expected === "function") return value instanceof expected;
  if (isAsymmetric(expected)) return Boolean(expected.asymmetricMatch(value));
  if (expected !== null && typeof expected === "object") {
    if (expected instanceof Error) return messageOf(value) === expected.message && (expected.cause === undefined || equals(value?.cause, expected.cause));
    if (!("message" in expected)) return equals(value, expected);
    return messageOf(value) === String(expected.message);
  }
  return misuse(call, `expected value must be a string or regular expression or class or error\n\nExpected: ${shownExpected(expected)}`);
}

function explain(call: Call, expected: any): string {
  const { threw, value } = thrownBy(call);
  const not = call.isNot ? "not " : "";
  const head = hint(call, expected === undefined ? "" : "expected");
  const received = threw ? `${value instanceof Error ? "Received message" : "Received value"}: ${red(format(value instanceof Error ? value.message : value))}` : "Received function did not throw";
  if (expected === undefined) {
    if (!call.isNot) return `${head}\n\nReceived function did not throw\nReceived value: ${red(format(undefined))}`;
    return value instanceof Error ? `${head}\n\nError name: ${red(format(value.name))}\nError message: ${red(format(value.message))}` : `${head}\n\nThrown value: ${red(format(value))}`;
  }
  if (typeof expected === "string") return `${head}\n\nExpected substring: ${not}${green(format(expected))}\n${received}`;
  if (expected instanceof RegExp) return `${head}\n\nExpected pattern: ${not}${green(format(expected))}\n${received}`;
  if (typeof expected === "function") {
    const constructor = threw ? `\nReceived constructor: ${red(className(value))}` : "";
    return `${head}\n\nExpected constructor: ${not}${green(expected.name)}${constructor}\n\n${received}`;
  }
  if (expected instanceof Error) return `${head}\n\nExpected message: ${not}${green(format(expected.message))}\n${received}`;
  return `${head}\n\nExpected value: ${not}${green(format(expected))}\n${received}`;
}

define("toThrow", matches, explain, ["toThrowError"]);
define("toThrowWithMessage", (call, type, message) => {
  const { threw, value } = thrownBy(call);
  if (!threw || !(value instanceof type)) return false;
  return message instanceof RegExp ? message.test(value.message) : value.message === message;
}, (call, type, message) => `${hint(call, "type, message")}\n\nExpected: ${call.isNot ? "not " : ""}${green(type.name)} with message ${green(format(message))}\nReceived: ${thrownBy(call).threw ? red(`${className(thrownBy(call).value)} with message ${format(thrownBy(call).value?.message)}`) : "no error"}`);
