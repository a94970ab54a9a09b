// The context of node:test: subtests, hooks of one test, assertions, diagnostics.
import nodeAssert from "node:assert";
import { run, type Attempt } from "crust:test_api/state";
import { path, type Test } from "crust:test_api/tree";
import { createTracker } from "crust:test_api/node_mock";
import { matchFile } from "crust:test_api/snapshots";

interface Own {
  before: Array<(context: any) => unknown>;
  beforeEach: Array<(context: any) => unknown>;
  afterEach: Array<(context: any) => unknown>;
}

export function contextOf(test: Test, attempt: Attempt): any {
  return make(test.name, path(test).join(" > "), attempt);
}

function make(name: string, fullName: string, attempt: Attempt): any {
  const own: Own = { before: [], beforeEach: [], afterEach: [] };
  const controller = new AbortController();
  let planned: number | undefined;
  let counted = 0;
  const tracker = createTracker();
  attempt.finishers.push(() => tracker.restoreAll());
  attempt.finishers.push(() => {
    if (planned !== undefined && planned !== counted) throw new Error(`plan expected ${planned} assertions but received ${counted}`);
  });
  const counting = (fn: any) => (...args: unknown[]): unknown => {
    counted++;
    attempt.assertions++;
    run.assertions++;
    return fn(...args);
  };
  const assert: any = {};
  for (const key of Object.keys(nodeAssert)) {
    const value = (nodeAssert as any)[key];
    if (typeof value === "function" && key !== "AssertionError" && key !== "strict" && key !== "CallTracker" && key !== "Assert") assert[key] = counting(value);
  }
  assert.snapshot = counting((value: unknown) => {
    const comparison = matchFile(fullName, value);
    if (!comparison.pass) nodeAssert.strictEqual(comparison.received, comparison.expected);
  });
  const context: any = {
    name,
    fullName,
    filePath: run.file,
    signal: controller.signal,
    assert,
    mock: tracker,
    plan(count: number) { planned = count; },
    diagnostic(message: string) { console.log(`# ${message}`); },
    skip(message?: string) { attempt.skipped = message ?? ""; },
    todo(message?: string) { attempt.skipped = message ?? "todo"; },
    before(fn: any) { own.before.push(fn); },
    after(fn: any) { attempt.finishers.push(() => fn(context)); },
    beforeEach(fn: any) { own.beforeEach.push(fn); },
    afterEach(fn: any) { own.afterEach.push(fn); },
    runOnly() {},
    test: (...given: unknown[]): Promise<void> => subtest(context, own, attempt, fullName, given, () => { counted++; }),
  };
  context.it = context.test;
  return context;
}

/** A subtest runs at once; its failure is its parent's. */
async function subtest(parent: any, own: Own, attempt: Attempt, prefix: string, given: unknown[], counts: () => void): Promise<void> {
  counts();
  const name = typeof given[0] === "string" ? given[0] : "<anonymous>";
  const options: any = given.find((value) => value !== null && typeof value === "object") ?? {};
  const fn = given.find((value) => typeof value === "function") as ((context: any) => unknown) | undefined;
  if (options.skip || options.todo || fn === undefined) return;
  const context = make(name, `${prefix} > ${name}`, attempt);
  for (const hook of own.before.splice(0)) await hook(parent);
  for (const hook of own.beforeEach) await hook(context);
  try {
    await call(fn, context);
  } catch (error: any) {
    const failure = new Error(`subtest "${name}" failed: ${error?.message ?? String(error)}`, { cause: error });
    if (typeof error?.stack === "string") Object.defineProperty(failure, "stack", { value: error.stack, configurable: true, writable: true });
    attempt.errors.push(failure);
  } finally {
    for (const hook of own.afterEach) await hook(context);
  }
}

/** A second parameter is a callback. */
function call(fn: (...args: any[]) => unknown, context: any): unknown {
  if (fn.length < 2) return fn.call(context, context);
  return new Promise<void>((resolve, reject) => {
    fn.call(context, context, (error: unknown) => (error === undefined || error === null ? resolve() : reject(error as Error)));
  });
}

export function invoke(test: Test, context: any): unknown {
  return call(test.fn as any, context);
}
