// `expect`: the function, its properties and every matcher.
import { count, Expectation, extend, CustomAsymmetric } from "crust:test_api/expect_core";
import { asymmetric, inverted } from "crust:test_api/asymmetric";
import { testers } from "crust:test_api/equals";
import { addSerializer } from "crust:test_api/snapshots";
import { run } from "crust:test_api/state";
import "crust:test_api/matchers/equality";
import "crust:test_api/matchers/truth";
import "crust:test_api/matchers/number";
import "crust:test_api/matchers/text";
import "crust:test_api/matchers/collection";
import "crust:test_api/matchers/errors";
import "crust:test_api/matchers/mocks";
import "crust:test_api/matchers/snapshots";
import "crust:test_api/matchers/extended";

export const expect: any = function expect(received: unknown, label?: string): Expectation {
  return new Expectation(received, label);
};

expect.soft = (received: unknown, label?: string) => {
  const expectation = new Expectation(received, label);
  expectation.isSoft = true;
  return expectation;
};
Object.assign(expect, asymmetric);
expect.not = { ...inverted };
expect.extend = function (matchers: Record<string, (...args: any[]) => any>): void {
  const forms = extend(matchers);
  Object.assign(expect, forms);
  for (const [name, matcher] of Object.entries(matchers)) {
    expect.not[name] = (...args: unknown[]) => new CustomAsymmetric(name, matcher, args, true);
  }
};
expect.addEqualityTesters = (list: any[]): void => { testers.push(...list); };
expect.addSnapshotSerializer = addSerializer;
/** What `expect.setState` was given beside the states there are. */
let ownState: Record<string, unknown> = {};
expect.getState = (): any => ({
  ...ownState,
  assertionCalls: run.attempt?.assertions ?? 0,
  expectedAssertionsNumber: run.attempt?.expected ?? null,
  isExpectingAssertions: run.attempt?.expectsSome ?? false,
  currentTestName: run.attempt === undefined ? undefined : (require("crust:test_api/expect_core") as any).testName(),
  testPath: run.file,
});
expect.setState = (state: Record<string, any>): void => {
  if (state === null || typeof state !== "object") throw new TypeError("expect.setState() takes an object");
  const { assertionCalls, expectedAssertionsNumber, isExpectingAssertions, currentTestName: _name, testPath: _path, ...own } = state;
  ownState = { ...ownState, ...own };
  if (run.attempt === undefined) return;
  if (assertionCalls !== undefined) run.attempt.assertions = assertionCalls;
  if (expectedAssertionsNumber !== undefined) run.attempt.expected = expectedAssertionsNumber ?? undefined;
  if (isExpectingAssertions !== undefined) run.attempt.expectsSome = Boolean(isExpectingAssertions);
};
expect.assertions = (number: number): void => {
  if (typeof number !== "number" || number < 0 || !Number.isInteger(number)) throw new TypeError("expect.assertions() takes a non-negative integer");
  attempt("expect.assertions").expected = number;
};
expect.hasAssertions = (): void => { attempt("expect.hasAssertions").expectsSome = true; };
expect.unreachable = (message?: unknown): never => {
  count();
  if (message instanceof Error) throw message;
  const error = new Error(message === undefined ? "reached unreachable code" : String(message));
  error.name = "UnreachableError";
  Error.captureStackTrace(error, expect.unreachable);
  throw error;
};
expect.fail = (message?: unknown): never => {
  count();
  throw message instanceof Error ? message : new Error(message === undefined ? "expect.fail() was called" : String(message));
};
expect.poll = function (read: () => unknown, options: { interval?: number; timeout?: number; message?: string } = {}): any {
  return (require("crust:test_api/poll") as any).poll(expect, read, options);
};

function attempt(name: string): NonNullable<typeof run.attempt> {
  if (run.attempt === undefined) throw new Error(`${name}() must be called within a test`);
  return run.attempt;
}

for (const name of ["resolvesTo", "rejectsTo"] as const) {
  Object.defineProperty(expect, name, {
    get() {
      throw Object.assign(new Error(`expect.${name} cannot be used in an equality, which does not wait: use await expect(promise).${name === "resolvesTo" ? "resolves" : "rejects"}`), { code: "ERR_NOT_IMPLEMENTED" });
    },
    configurable: true,
  });
}

/** What files extend: matchers and forms that one added go with it. */
export const extensible: object[] = [Expectation.prototype, expect, expect.not];
run.forget.push(() => {
  testers.length = 0;
  ownState = {};
});

/** Checks of types happen in the type checker; at run time every chain is accepted. */
export function expectTypeOf(_value?: unknown): any {
  const chain: any = new Proxy(function () {}, { get: (_, name) => (name === "then" ? undefined : chain), apply: () => chain });
  return chain;
}
