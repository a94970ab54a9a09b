// Snapshots: in their file, and inline.
import { settling, define, defineVariadic, Expectation, hint, misuse, shownReceived, testNames, type Call } from "crust:test_api/expect_core";
import { containsSubset } from "crust:test_api/equals";
import { difference } from "crust:test_api/diff";
import { format, isAsymmetric } from "crust:test_api/format";
import { matchFile, matchInline, matchOwnFile, snapshotName, thrownSubject, type Comparison } from "crust:test_api/snapshots";
import { thrownBy } from "crust:test_api/matchers/errors";
import { green, red } from "crust:test_api/colours";
import { run } from "crust:test_api/state";

const comparisons = new WeakMap<Call, Comparison | string>();

function inTest(call: Call): void {
  if (call.isNot) misuse(call, "snapshot matchers cannot be used with not", "");
  if (run.attempt === undefined) misuse(call, "snapshot matchers can only be used in a test", "");
}

function conclude(call: Call, comparison: Comparison | string): boolean {
  comparisons.set(call, comparison);
  return typeof comparison !== "string" && comparison.pass;
}

function explain(call: Call): string {
  const comparison = comparisons.get(call);
  if (typeof comparison === "string") return comparison;
  const { expected, received } = comparison as Comparison;
  const head = hint(call, "");
  if (expected === undefined) return `${head}\n\nA new snapshot was not written, because the run is in CI (--ci): run the test elsewhere and commit the snapshot\n\nReceived: ${red(received)}`;
  if (!expected.includes("\n") && !received.includes("\n")) return `${head}\n\nSnapshot: ${green(expected)}\nReceived: ${red(received)}`;
  return `${head}\n\n${difference(expected, received)}`;
}

/** The received value with the parts that property matchers accept in place of what varies. */
function withMatchers(received: any, matchers: any): any {
  if (isAsymmetric(matchers) || received === null || typeof received !== "object" || matchers === null || typeof matchers !== "object") return matchers;
  const copy: any = Array.isArray(received) ? received.slice() : Object.create(Object.getPrototypeOf(received), Object.getOwnPropertyDescriptors(received));
  for (const key of Reflect.ownKeys(matchers)) {
    if (Array.isArray(received) && key === "length") continue;
    copy[key] = key in received ? withMatchers(received[key], matchers[key]) : matchers[key];
  }
  return copy;
}

function applied(call: Call, matchers: any): { value: unknown } | string {
  if (matchers === undefined) return { value: call.received };
  if (call.received === null || typeof call.received !== "object") misuse(call, `received value must be an object when the matcher has properties\n\nReceived: ${shownReceived(call.received)}`, "properties");
  if (!containsSubset(call.received, matchers)) return `${hint(call, "properties")}\n\nExpected properties: ${green(format(matchers))}\nReceived value: ${red(format(call.received))}`;
  return { value: withMatchers(call.received, matchers) };
}

define("toMatchSnapshot", (call, first?: unknown, second?: unknown) => {
  inTest(call);
  const [matchers, label] = typeof first === "string" ? [undefined, first] : [first, second];
  const subject = applied(call, matchers);
  if (typeof subject === "string") return conclude(call, subject);
  return conclude(call, matchFile(snapshotName(testNames(), label), subject.value));
}, explain);

define("toThrowErrorMatchingSnapshot", (call, label?: unknown) => {
  inTest(call);
  const { threw, value } = thrownBy(call);
  if (!threw) return conclude(call, `${hint(call, "")}\n\nReceived function did not throw`);
  return conclude(call, matchFile(snapshotName(testNames(), label), thrownSubject(value)));
}, explain);

define("toMatchFileSnapshot", (call, path: unknown) => {
  inTest(call);
  if (typeof path !== "string") misuse(call, "expected value must be the path of a file");
  return conclude(call, matchOwnFile(call.received, path as string));
}, explain);
// It is asynchronous in Vitest.
const compareFile: (...args: unknown[]) => unknown = (Expectation.prototype as any).toMatchFileSnapshot;
(Expectation.prototype as any).toMatchFileSnapshot = function (this: Expectation, ...args: unknown[]): Promise<void> {
  try {
    return Promise.resolve(compareFile.apply(this, args)) as Promise<void>;
  } catch (error) {
    return Promise.reject(error as Error);
  }
};

// Inline ones need the place of their call, so the function that the test calls is made here.
function defineInline(name: string, subjectOf: (call: Call, matchers: unknown, text: string | undefined) => { value: unknown } | string): void {
  defineVariadic(name, (call, ...args) => {
    inTest(call);
    const text = args.find((arg) => typeof arg === "string") as string | undefined;
    const matchers = args.find((arg) => arg !== null && typeof arg === "object");
    const subject = subjectOf(call, matchers, text);
    if (typeof subject === "string") return conclude(call, subject);
    return conclude(call, matchInline(subject.value, text, name, settling.frames ?? (Expectation.prototype as any)[name]));
  }, explain);
}
defineInline("toMatchInlineSnapshot", applied);
defineInline("toThrowErrorMatchingInlineSnapshot", (call, _matchers, text) => {
  const { threw, value } = thrownBy(call);
  if (!threw) return `${hint(call, "")}\n\nReceived function did not throw`;
  return { value: thrownSubject(value, text) };
});
