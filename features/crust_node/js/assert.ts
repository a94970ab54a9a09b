// `node:assert`. Deep comparison and error texts are beside it in internal/.

import { inspect } from "crust:console/node_inspect";
import * as errors from "crust:node/internal/assertion_error";
import { codes } from "crust:node/internal/errors";
import { validateFunction } from "crust:node/internal/validators";
import * as types from "crust:node/util/types";

const { ERR_AMBIGUOUS_ARGUMENT, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_RETURN_VALUE, ERR_MISSING_ARGS } = codes as any;

export const { AssertionError } = errors;

type Expected = any;
const NO_EXCEPTION = Symbol("no exception");

function isDeepEqual(a: unknown, b: unknown, mode: string): boolean {
  return require("crust:node/internal/deep_equal").isDeepEqual(a, b, mode);
}

interface Failure {
  actual?: unknown;
  expected?: unknown;
  message?: unknown;
  operator: string;
  stackStartFn: unknown;
  args?: unknown[];
  generatedMessage?: boolean;
}

/** Throws: a program's own error as it is, else an AssertionError. */
function fails(failure: Failure): never {
  let { message } = failure;
  const args = failure.args ?? [];
  if (message instanceof Error) throw message;
  if (typeof message === "function") message = message(failure.actual, failure.expected);
  else if (message !== undefined && typeof message !== "string") throw new ERR_INVALID_ARG_TYPE("message", ["string", "function"], message);
  if (typeof message === "string" && args.length > 0) message = require("crust:console/node_inspect").format(message, ...args);
  const error: any = new AssertionError({ ...failure, message });
  if (failure.generatedMessage !== undefined) error.generatedMessage = failure.generatedMessage;
  throw error;
}

function falsy(fn: unknown, count: number, value: unknown, message: unknown, args: unknown[]): void {
  if (value) return;
  let generated = false;
  if (count === 0) {
    generated = true;
    message = "No value argument passed to `assert.ok()`";
  } else if (message == null) {
    generated = true;
    const holder: { stack?: string } = {};
    Error.captureStackTrace?.(holder, fn as any);
    const text = require("crust:node/internal/call_text").callText(holder.stack ?? "");
    message = text === undefined ? "The expression evaluated to a falsy value" : `The expression evaluated to a falsy value:\n\n  ${text}\n`;
  }
  fails({ actual: value, expected: true, message, operator: "==", stackStartFn: fn, args, ...(generated && { generatedMessage: true }) });
}

const assert: any = function ok(...args: any[]): void {
  falsy(ok, args.length, args[0], args[1], args.slice(2));
};
assert.ok = function ok(...args: any[]): void {
  falsy(ok, args.length, args[0], args[1], args.slice(2));
};

assert.fail = function fail(message?: any): never {
  if (message instanceof Error) throw message;
  const generated = message === undefined;
  const error: any = new AssertionError({ operator: "fail", stackStartFn: fail, message: generated ? "Failed" : message });
  error.generatedMessage = generated;
  throw error;
};
assert.AssertionError = AssertionError;

function comparison(name: string, operator: string, holds: (a: any, b: any) => boolean): void {
  const method = {
    [name](actual: any, expected: any, message?: any, ...args: any[]): void {
      if (arguments.length < 2) throw new ERR_MISSING_ARGS("actual", "expected");
      if (!holds(actual, expected)) fails({ actual, expected, message, operator, stackStartFn: method, args });
    },
  }[name]!;
  assert[name] = method;
}

/* eslint-disable eqeqeq -- the legacy comparisons are defined by `==` */
comparison("equal", "==", (a, b) => a == b || (a !== a && b !== b));
comparison("notEqual", "!=", (a, b) => !(a == b || (a !== a && b !== b)));
/* eslint-enable eqeqeq */
comparison("deepEqual", "deepEqual", (a, b) => isDeepEqual(a, b, "loose"));
comparison("notDeepEqual", "notDeepEqual", (a, b) => !isDeepEqual(a, b, "loose"));
comparison("deepStrictEqual", "deepStrictEqual", (a, b) => isDeepEqual(a, b, "strict"));
comparison("notDeepStrictEqual", "notDeepStrictEqual", (a, b) => !isDeepEqual(a, b, "strict"));
comparison("strictEqual", "strictEqual", (a, b) => Object.is(a, b));
comparison("notStrictEqual", "notStrictEqual", (a, b) => !Object.is(a, b));
comparison("partialDeepStrictEqual", "partialDeepStrictEqual", (a, b) => isDeepEqual(a, b, "partial"));

// ---- Exceptions

/** What an expected object and the error are shown as when they differ. */
class Comparison {
  [key: string]: unknown;
  constructor(source: any, keys: string[], actual?: any) {
    for (const key of keys) {
      if (!(key in source)) continue;
      const text = source[key];
      // A message that satisfies its pattern is shown as the pattern: no difference.
      if (actual !== undefined && typeof actual[key] === "string" && types.isRegExp(text) && text.test(actual[key])) this[key] = actual[key];
      else this[key] = text;
    }
  }
}

function mismatch(actual: any, expected: any, message: any, operator: string, fn: unknown): never {
  if (message !== undefined) {
    if (message instanceof Error) throw message;
    const error: any = new AssertionError({ actual, expected, message: String(message), operator, stackStartFn: fn });
    error.generatedMessage = false;
    throw error;
  }
  const keys = comparedKeys(expected);
  const error: any = new AssertionError({ actual: new Comparison(actual, keys), expected: new Comparison(expected, keys, actual), operator: "deepStrictEqual", stackStartFn: fn });
  Object.assign(error, { actual, expected, operator, generatedMessage: true });
  throw error;
}

function comparedKeys(expected: any): string[] {
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push("name", "message");
  else if (keys.length === 0) throw new ERR_INVALID_ARG_VALUE("error", expected, "may not be an empty object");
  return keys;
}

function plainFailure(actual: any, expected: any, message: string, operator: string, fn: unknown, generated: boolean): never {
  const error: any = new AssertionError({ actual, expected, message, operator, stackStartFn: fn });
  error.generatedMessage = generated;
  throw error;
}

function checkException(actual: any, expected: Expected, message: any, fn: any): void {
  const operator = fn.name;
  if (typeof expected !== "function") {
    if (types.isRegExp(expected)) {
      const text = String(actual);
      if (RegExp.prototype.exec.call(expected, text) !== null) return;
      if (message instanceof Error) throw message;
      plainFailure(actual, expected, message ?? `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`, operator, fn, message === undefined);
    }
    if (typeof actual !== "object" || actual === null) {
      const error: any = new AssertionError({ actual, expected, message, operator: "deepStrictEqual", stackStartFn: fn });
      error.operator = operator;
      throw error;
    }
    const keys = comparedKeys(expected);
    for (const key of keys) {
      if (typeof actual[key] === "string" && types.isRegExp(expected[key]) && RegExp.prototype.exec.call(expected[key], actual[key]) !== null) continue;
      if (!(key in actual) || !isDeepEqual(actual[key], expected[key], "strict")) mismatch(actual, expected, message, operator, fn);
    }
    return;
  }
  if (expected.prototype !== undefined && actual instanceof expected) return;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    let text = `The error is expected to be an instance of "${expected.name}". Received `;
    if (types.isNativeError(actual) || actual instanceof Error) text += `"${actual.constructor?.name ?? actual.name}"\n\nError message:\n\n${actual.message}`;
    else text += `"${inspect(actual, { depth: -1 })}"`;
    if (message instanceof Error) throw message;
    plainFailure(actual, expected, message ?? text, operator, fn, message === undefined);
  }
  const result = Reflect.apply(expected, {}, [actual]);
  if (result === true) return;
  const name = expected.name ? `"${expected.name}" ` : "";
  let text = `The ${name}validation function is expected to return "true". Received ${inspect(result)}`;
  if (types.isNativeError(actual) || actual instanceof Error) text += `\n\nCaught error:\n\n${String(actual)}`;
  if (message instanceof Error) throw message;
  plainFailure(actual, expected, message ?? text, operator, fn, message === undefined);
}

function expectsError(fn: any, actual: any, count: number, error: any, message: any): void {
  if (typeof error === "string") {
    if (count === 3) throw new ERR_INVALID_ARG_TYPE("error", ["Function", "Error", "RegExp", "Object"], error);
    const same = typeof actual === "object" && actual !== null ? actual.message === error : actual === error;
    if (same) throw new ERR_AMBIGUOUS_ARGUMENT("error/message", `The error ${typeof actual === "object" ? "message " : ""}"${error}" is identical to the message.`);
    message = error;
    error = undefined;
  } else if (error != null && typeof error !== "object" && typeof error !== "function") {
    throw new ERR_INVALID_ARG_TYPE("error", ["Function", "Error", "RegExp", "Object"], error);
  }
  if (actual === NO_EXCEPTION) {
    let details = error?.name ? ` (${error.name})` : "";
    details += message ? `: ${message}` : ".";
    const kind = fn === assert.rejects ? "rejection" : "exception";
    plainFailure(undefined, error, `Missing expected ${kind}${details}`, fn.name, fn, false);
  }
  if (error) checkException(actual, error, message, fn);
}

function expectsNoError(fn: any, actual: any, error: any, message: any): void {
  if (actual === NO_EXCEPTION) return;
  if (typeof error === "string") {
    message = error;
    error = undefined;
  }
  if (error && !matches(actual, error)) throw actual;
  const details = message ? `: ${message}` : ".";
  const kind = fn === assert.doesNotReject ? "rejection" : "exception";
  plainFailure(actual, error, `Got unwanted ${kind}${details}\nActual message: "${actual?.message}"`, fn.name, fn, false);
}

function matches(actual: any, expected: any): boolean {
  if (typeof expected !== "function") return types.isRegExp(expected) && expected.test(String(actual));
  if (expected.prototype !== undefined && actual instanceof expected) return true;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) return false;
  return Reflect.apply(expected, {}, [actual]) === true;
}

function thrownBy(fn: any): any {
  validateFunction(fn, "fn");
  try {
    fn();
  } catch (error) {
    return error;
  }
  return NO_EXCEPTION;
}

function isThenable(value: any): boolean {
  return types.isPromise(value) || (value !== null && typeof value === "object" && typeof value.then === "function" && typeof value.catch === "function");
}

async function rejectionOf(promiseFn: any): Promise<any> {
  let promise: any;
  if (typeof promiseFn === "function") {
    promise = promiseFn();
    if (!isThenable(promise)) throw new ERR_INVALID_RETURN_VALUE("instance of Promise", "promiseFn", promise);
  } else if (isThenable(promiseFn)) promise = promiseFn;
  else throw new ERR_INVALID_ARG_TYPE("promiseFn", ["Function", "Promise"], promiseFn);
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NO_EXCEPTION;
}

assert.throws = function throws(fn: any, ...args: any[]): void {
  expectsError(throws, thrownBy(fn), args.length + 1, args[0], args[1]);
};
assert.rejects = async function rejects(promiseFn: any, ...args: any[]): Promise<void> {
  expectsError(rejects, await rejectionOf(promiseFn), args.length + 1, args[0], args[1]);
};
assert.doesNotThrow = function doesNotThrow(fn: any, ...args: any[]): void {
  expectsNoError(doesNotThrow, thrownBy(fn), args[0], args[1]);
};
assert.doesNotReject = async function doesNotReject(fn: any, ...args: any[]): Promise<void> {
  expectsNoError(doesNotReject, await rejectionOf(fn), args[0], args[1]);
};

assert.ifError = function ifError(value: any): void {
  if (value === null || value === undefined) return;
  let text = "ifError got unwanted exception: ";
  if (typeof value === "object" && typeof value.message === "string") text += value.message.length === 0 && value.constructor ? value.constructor.name : value.message;
  else text += inspect(value);
  plainFailure(value, null, text, "ifError", ifError, false);
};

function matching(string: any, regexp: any, message: any, fn: any, wanted: boolean): void {
  if (!types.isRegExp(regexp)) throw new ERR_INVALID_ARG_TYPE("regexp", "RegExp", regexp);
  if (typeof string === "string" && (RegExp.prototype.exec.call(regexp, string) !== null) === wanted) return;
  if (message instanceof Error) throw message;
  let text = message;
  if (text === undefined) {
    if (typeof string !== "string") text = `The "string" argument must be of type string. Received type ${typeof string} (${inspect(string)})`;
    else text = `${wanted ? "The input did not match the regular expression" : "The input was expected to not match the regular expression"} ${inspect(regexp)}. Input:\n\n${inspect(string)}\n`;
  }
  plainFailure(string, regexp, text, fn.name, fn, message === undefined);
}

assert.match = function match(string: any, regexp: any, message?: any): void {
  matching(string, regexp, message, match, true);
};
assert.doesNotMatch = function doesNotMatch(string: any, regexp: any, message?: any): void {
  matching(string, regexp, message, doesNotMatch, false);
};

/** An object with the methods of `assert`, strict unless asked otherwise. */
assert.Assert = function Assert(this: any, options: { strict?: boolean } = {}): void {
  if (!new.target) throw new TypeError("Class constructor Assert cannot be invoked without 'new'");
  const source = options.strict === false ? assert : assert.strict;
  for (const key of Object.keys(assert)) if (typeof assert[key] === "function" && key !== "Assert" && key !== "strict") this[key] = source[key];
  this.AssertionError = AssertionError;
};

/** `assert.strict`: the legacy names with the strict meaning. */
assert.strict = Object.assign(function strict(...args: any[]): void {
  falsy(strict, args.length, args[0], args[1], args.slice(2));
}, assert, {
  equal: assert.strictEqual,
  deepEqual: assert.deepStrictEqual,
  notEqual: assert.notStrictEqual,
  notDeepEqual: assert.notDeepStrictEqual,
});
assert.strict.strict = assert.strict;

export const {
  ok, fail, equal, notEqual, deepEqual, notDeepEqual, deepStrictEqual, notDeepStrictEqual, strictEqual, notStrictEqual, partialDeepStrictEqual,
  match, doesNotMatch, throws, rejects, doesNotThrow, doesNotReject, ifError, strict, Assert,
} = assert;
export default assert;
