// The object that `expect(value)` gives, and how matchers are put on it. Knows no matcher.
import { run } from "crust:test_api/state";
import { format } from "crust:test_api/format";
import { green, red, dim } from "crust:test_api/colours";
import { equals, testers } from "crust:test_api/equals";
import { difference } from "crust:test_api/diff";
import { ASSERTIONS, CHAINS, FLAGS } from "crust:test_api/chai_words";

/** What a matcher sees of its call: the expectation itself, or after a promise one that stands for it. */
export interface Call {
  received: any;
  isNot: boolean;
  promise: "" | "resolves" | "rejects";
  name: string;
  /** A text that `expect(value, text)` was given. */
  label: string | undefined;
  isSoft: boolean;
}

export type Test = (call: Call, ...args: any[]) => boolean;
export type Explain = (call: Call, ...args: any[]) => string;

export class Expectation implements Call {
  received: unknown;
  isNot = false;
  promise: Call["promise"] = "";
  name = "";
  label: string | undefined;
  isSoft = false;

  constructor(received: unknown, label: string | undefined) {
    this.received = received;
    this.label = label;
  }

  get not(): Expectation {
    const copy = copyOf(this);
    copy.isNot = !this.isNot;
    return copy;
  }
  get resolves(): Expectation {
    const copy = copyOf(this);
    copy.promise = "resolves";
    return copy;
  }
  get rejects(): Expectation {
    const copy = copyOf(this);
    copy.promise = "rejects";
    return copy;
  }
}

// Chai's sentences; their meaning is loaded when the first word is said.
for (const word of [...CHAINS, ...Object.keys(FLAGS), ...ASSERTIONS]) {
  if (word === "not") continue;
  Object.defineProperty(Expectation.prototype, word, {
    get(this: Expectation) {
      return (require("crust:test_api/chai_expect") as typeof import("crust:test_api/chai_expect")).sentenceOf(this)[word];
    },
    configurable: true,
  });
}

function copyOf(expectation: Expectation): Expectation {
  const copy = new Expectation(expectation.received, expectation.label);
  copy.isNot = expectation.isNot;
  copy.promise = expectation.promise;
  copy.isSoft = expectation.isSoft;
  return copy;
}

export class AssertionError extends Error {
  matcherResult: unknown;
}
Object.defineProperty(AssertionError.prototype, "name", { value: "Error", writable: true, configurable: true });

export function count(): void {
  run.assertions++;
  if (run.attempt !== undefined) run.attempt.assertions++;
}

function fail(message: string, below: Function, expectation: Expectation, result?: unknown): void {
  const text = expectation.label === undefined ? message : `${expectation.label}\n\n${message}`;
  const error = new AssertionError(text);
  Object.defineProperty(error, "matcherResult", { value: result, writable: true, configurable: true, enumerable: false });
  Error.captureStackTrace(error, below);
  if (expectation.isSoft && run.attempt !== undefined) {
    run.attempt.soft.push(error);
    return;
  }
  throw error;
}

function put(name: string, matcher: Function): void {
  Object.defineProperty(Expectation.prototype, name, { value: matcher, writable: true, configurable: true });
}

/** Puts a matcher on every expectation. It takes at most three arguments and cannot tell one that is missing. */
export function define(name: string, test: Test, explain: Explain, aliases: string[] = []): void {
  for (const alias of [name, ...aliases]) {
    const matcher = function (this: Expectation, a?: unknown, b?: unknown, c?: unknown): unknown {
      count();
      this.name = alias;
      if (this.promise !== "") return settle(this, (call) => test(call, a, b, c), (call) => explain(call, a, b, c), matcher);
      if (test(this, a, b, c) === this.isNot) fail(explain(this, a, b, c), matcher, this);
      return undefined;
    };
    put(alias, matcher);
  }
}

/** As `define`, for a matcher that counts its arguments. */
export function defineVariadic(name: string, test: Test, explain: Explain, aliases: string[] = []): void {
  for (const alias of [name, ...aliases]) {
    const matcher = function (this: Expectation, ...args: unknown[]): unknown {
      count();
      this.name = alias;
      if (this.promise !== "") return settle(this, (call) => test(call, ...args), (call) => explain(call, ...args), matcher);
      if (test(this, ...args) === this.isNot) fail(explain(this, ...args), matcher, this);
      return undefined;
    };
    put(alias, matcher);
  }
}

/** The place of a matcher's call that is being settled: what is written there later is written there. */
export const settling: { frames: string | undefined } = { frames: undefined };

/** Awaits what `resolves` and `rejects` are about, then matches. The stack is that of the call. */
async function settle(expectation: Expectation, test: (call: Call) => boolean, explain: (call: Call) => string, below: Function): Promise<void> {
  const { promise } = expectation;
  const place = new AssertionError("");
  Error.captureStackTrace(place, below);
  const frames = String(place.stack).split("\n").filter((line) => /^\s+at /.test(line)).join("\n");
  const call = copyOf(expectation);
  call.name = expectation.name;
  const throwHere = (message: string): void => {
    const error = new AssertionError(expectation.label === undefined ? message : `${expectation.label}\n\n${message}`);
    Object.defineProperty(error, "stack", { value: `Error: ${error.message}\n${frames}`, writable: true, configurable: true });
    if (expectation.isSoft && run.attempt !== undefined) run.attempt.soft.push(error);
    else throw error;
  };
  let { received } = expectation;
  if (typeof received === "function") received = (received as () => unknown)();
  if (received === null || typeof received !== "object" || typeof (received as any).then !== "function") {
    return throwHere(`${hint(call)}\n\nMatcher error: ${red("received")} value must be a promise or a function returning a promise\n\nReceived: ${red(format(expectation.received))}`);
  }
  let isResolved = true;
  try {
    call.received = await (received as PromiseLike<unknown>);
  } catch (error) {
    call.received = error;
    isResolved = false;
  }
  if (isResolved !== (promise === "resolves")) {
    const outcome = isResolved ? "resolved" : "rejected";
    return throwHere(`${hint(call)}\n\nReceived promise ${outcome} instead of ${promise === "resolves" ? "resolved" : "rejected"}\n${isResolved ? "Resolved to" : "Rejected to"} value: ${red(format(call.received))}`);
  }
  settling.frames = frames;
  try {
    if (test(call) === call.isNot) throwHere(explain(call));
  } finally {
    settling.frames = undefined;
  }
}

// --- messages

/** `expect(received).not.toBe(expected)`. */
export function hint(call: Call, expected = "expected"): string {
  const promise = call.promise === "" ? "" : `.${call.promise}`;
  const not = call.isNot ? ".not" : "";
  return `${dim("expect(")}${red("received")}${dim(")")}${promise}${not}.${call.name}${dim("(")}${green(expected)}${dim(")")}`;
}

export function shownExpected(value: unknown): string {
  return green(format(value));
}
export function shownReceived(value: unknown): string {
  return red(format(value));
}

/** Expected and received, one below the other. */
export function both(call: Call, expected: unknown, label = "Expected"): string {
  const not = call.isNot ? "not " : "";
  return `${hint(call)}\n\n${label}: ${not}${shownExpected(expected)}${call.isNot ? "" : `\nReceived: ${shownReceived(call.received)}`}`;
}

/** As `both`, with the lines that differ where a value takes several. */
export function compared(call: Call, expected: unknown): string {
  if (call.isNot) return `${hint(call)}\n\nExpected: not ${shownExpected(expected)}`;
  const a = format(expected);
  const b = format(call.received);
  if (a === b) {
    return `${hint(call)}\n\nExpected: ${green(a)}\nReceived: ${red(b)}\n\nBoth look the same here, but they are not equal: they differ in a class, a prototype, or what is not shown`;
  }
  if (!a.includes("\n") && !b.includes("\n")) return `${hint(call)}\n\nExpected: ${green(a)}\nReceived: ${red(b)}`;
  return `${hint(call)}\n\n${difference(a, b)}`;
}

/** A matcher without an argument: what the value was to be. */
export function only(call: Call): string {
  return `${hint(call, "")}\n\nReceived: ${shownReceived(call.received)}`;
}

/** The call is wrong, whatever was received. */
export function misuse(call: Call, message: string, expected = "expected"): never {
  throw new TypeError(`${hint(call, expected)}\n\nMatcher error: ${message}`);
}

// --- expect.extend

const utils = {
  printReceived: (value: unknown): string => red(format(value)),
  printExpected: (value: unknown): string => green(format(value)),
  stringify: (value: unknown): string => format(value),
  EXPECTED_COLOR: green,
  RECEIVED_COLOR: red,
  DIM_COLOR: dim,
  matcherHint(name: string, received = "received", expected = "expected", options: any = {}): string {
    const promise = options.promise ? `.${options.promise}` : "";
    return `${dim("expect(")}${red(received)}${dim(")")}${promise}${options.isNot ? ".not" : ""}.${name}${dim("(")}${green(expected)}${options.secondArgument ? `, ${green(options.secondArgument)}` : ""}${dim(")")}`;
  },
  diff: (a: unknown, b: unknown): string => difference(format(a), format(b)),
  printDiffOrStringify: (a: unknown, b: unknown): string => difference(format(a), format(b)),
  printWithType: (name: string, value: unknown, print: (value: unknown) => string): string => `${name} has type:  ${value === null ? "null" : typeof value}\n${name} has value: ${print(value)}`,
  iterableEquality: (): undefined => undefined,
  subsetEquality: (a: unknown, b: unknown): boolean | undefined => (require("crust:test_api/equals") as any).containsSubset(a, b),
};

function matcherContext(call: Call): any {
  return {
    isNot: call.isNot,
    promise: call.promise,
    equals: (a: unknown, b: unknown) => equals(a, b),
    utils,
    customTesters: testers,
    currentTestName: run.attempt === undefined ? undefined : testName(),
    testPath: run.file,
    assertionCalls: run.attempt?.assertions ?? 0,
    expand: false,
    dontThrow() {},
  };
}

export function testName(): string {
  return testNames().join(" ");
}
/** Names from the outermost `describe` to the test. */
export function testNames(): string[] {
  const { path } = require("crust:test_api/tree") as typeof import("crust:test_api/tree");
  return run.attempt === undefined ? [] : path(run.attempt.test);
}

interface Outcome {
  pass: boolean;
  message?: string | (() => string);
}

function checkOutcome(name: string, result: any): Outcome {
  if (result === null || typeof result !== "object" || !("pass" in result)) {
    throw new TypeError(`Unexpected return from matcher "${name}": it must return an object like { pass: boolean, message: () => string }, but it returned ${format(result)}`);
  }
  return result;
}

function outcomeMessage(name: string, call: Call, result: Outcome): string {
  const { message } = result;
  if (typeof message === "function") return String(message());
  return message === undefined ? hint({ ...call, name }) : String(message);
}

/** `expect.extend(matchers)`; the answer are the asymmetric forms. */
export function extend(matchers: Record<string, (...args: any[]) => any>): Record<string, (...args: any[]) => any> {
  const asymmetric: Record<string, (...args: any[]) => any> = {};
  for (const [name, matcher] of Object.entries(matchers)) {
    if (typeof matcher !== "function") throw new TypeError(`expect.extend: \`${name}\` is not a valid matcher. Must be a function, is "${typeof matcher}"`);
    defineCustom(name, matcher);
    asymmetric[name] = (...args: unknown[]) => new CustomAsymmetric(name, matcher, args, false);
  }
  return asymmetric;
}

function defineCustom(name: string, matcher: (...args: any[]) => any): void {
  const wrapper = function (this: Expectation, ...args: unknown[]): unknown {
    count();
    this.name = name;
    const call: Call = this;
    const conclude = (result: Outcome): void => {
      if (Boolean(checkOutcome(name, result).pass) === this.isNot) fail(outcomeMessage(name, call, result), wrapper, this, result);
    };
    const apply = (received: unknown): unknown => {
      const result = matcher.call(matcherContext(call), received, ...args);
      if (result !== null && typeof result === "object" && typeof result.then === "function") return result.then(conclude);
      return conclude(result);
    };
    if (this.promise === "") return apply(this.received);
    let outcome: any;
    return settle(this, (settledCall) => {
      outcome = matcher.call(matcherContext(settledCall), settledCall.received, ...args);
      return Boolean(checkOutcome(name, outcome).pass);
    }, (settledCall) => outcomeMessage(name, settledCall, outcome), wrapper);
  };
  put(name, wrapper);
}

export class CustomAsymmetric {
  $$typeof = Symbol.for("jest.asymmetricMatcher");
  #name: string;
  #matcher: (...args: any[]) => any;
  #args: unknown[];
  #inverse: boolean;

  constructor(name: string, matcher: (...args: any[]) => any, args: unknown[], inverse: boolean) {
    this.#name = name;
    this.#matcher = matcher;
    this.#args = args;
    this.#inverse = inverse;
  }
  asymmetricMatch(other: unknown): boolean {
    const call: Call = { received: other, isNot: this.#inverse, promise: "", name: this.#name, label: undefined, isSoft: false };
    const result = this.#matcher.call(matcherContext(call), other, ...this.#args);
    if (typeof result?.then === "function") {
      throw new TypeError(`The matcher "${this.#name}" is asynchronous and cannot be used as an asymmetric matcher`);
    }
    return Boolean(checkOutcome(this.#name, result).pass) !== this.#inverse;
  }
  toString(): string {
    return `${this.#inverse ? "not." : ""}${this.#name}`;
  }
  getExpectedType(): string {
    return "any";
  }
  toAsymmetricMatcher(): string {
    return `${this.toString()}<${this.#args.map((arg) => format(arg)).join(", ")}>`;
  }
}
