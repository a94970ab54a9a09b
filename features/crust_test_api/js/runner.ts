// Runs a tree: plans which tests run, then hooks and tests in order, with time limits, retries and repeats.
// Tells a sink what happens; knows neither files nor processes.
import { now } from "crust:ops/core";
import { clearTimeout, setTimeout } from "crust:web/timers";
import { run, type Attempt } from "crust:test_api/state";
import { path, Suite, Test, type Hook, type Options } from "crust:test_api/tree";
import { shuffle } from "crust:test_api/random";
import { failureOf } from "crust:test_api/failure";
import { keepSnapshotsOf } from "crust:test_api/snapshots";

export interface Sink {
  plan(tests: Array<{ name: string[]; timeout: number | null; line: number }>): void;
  test(result: any): void;
  error(error: unknown): void;
}

// --- planning

interface Plan {
  tests: Test[];
  filtered: number;
}

function hasOnly(suite: Suite): boolean {
  return suite.children.some((child) => child.only || (child.kind === "suite" && hasOnly(child)));
}

/** Numbers the tests that are reported, and marks the suites that run something. */
export function plan(root: Suite): Plan {
  const { settings } = run;
  const pattern = settings.namePattern === null ? undefined : new RegExp(settings.namePattern);
  const onlyMarked = settings.only || hasOnly(root);
  const tests: Test[] = [];
  let filtered = 0;
  const visit = (suite: Suite, inOnly: boolean, mode: Suite["mode"]): void => {
    if (settings.seed !== null || suite.shuffle) shuffle(suite.children, settings.seed ?? 1);
    // Within a suite marked `only`, marked tests still win over their neighbours.
    const narrower = suite.children.some((child) => child.only || (child.kind === "suite" && hasOnly(child)));
    for (const child of suite.children) {
      const own = child.only || (inOnly && !narrower);
      const inherited = mode === "skip" || (mode === "todo" && child.mode === "run") ? mode : child.mode;
      if (child.kind === "suite") {
        child.mode = inherited;
        visit(child, own, inherited);
        if (child.runs) suite.runs = true;
        continue;
      }
      child.mode = inherited;
      const excluded = onlyMarked && !own && !(child.only || own);
      const unmatched = pattern !== undefined && !pattern.test(path(child).join(" "));
      if (excluded || unmatched) {
        filtered++;
        keepSnapshotsOf(path(child));
        continue;
      }
      child.id = tests.length;
      tests.push(child);
      if (willRun(child)) suite.runs = true;
    }
  };
  visit(root, false, "run");
  return { tests, filtered };
}

function willRun(test: Test): boolean {
  return test.mode === "run" || (test.mode === "todo" && run.settings.todo && test.fn !== undefined);
}

function inherited<K extends keyof Options>(node: Test, key: K): Options[K] {
  if (node.options[key] !== undefined) return node.options[key];
  for (let suite: Suite | undefined = node.parent; suite !== undefined; suite = suite.parent) {
    if (suite.options[key] !== undefined) return suite.options[key];
  }
  return undefined;
}

function timeoutOf(test: Test): number {
  return inherited(test, "timeout") ?? run.defaultTimeout;
}

function isConcurrent(test: Test): boolean {
  if (test.concurrent !== undefined) return test.concurrent;
  for (let suite: Suite | undefined = test.parent; suite !== undefined; suite = suite.parent) {
    if (suite.concurrent !== undefined) return suite.concurrent;
  }
  return run.settings.concurrent;
}

// --- running

class TimedOut extends Error {}

/** Something that may be over already. */
type Maybe = void | Promise<void>;

function isPromise(value: any): value is PromiseLike<unknown> {
  return value !== null && (typeof value === "object" || typeof value === "function") && typeof value.then === "function";
}

/** Calls `fn`; its promise is waited for, as long as the limit allows. Sync code needs no timer. */
function call(fn: () => unknown, limit: number, attempt: Attempt | undefined): Maybe {
  const result = fn();
  if (!isPromise(result)) return undefined;
  return wait(result, limit, attempt);
}

/** The longest delay a timer can have. */
const LONGEST = 0x7fffffff;

function wait(promise: PromiseLike<unknown>, limit: number, attempt: Attempt | undefined): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    // It also keeps the loop alive while the test waits for nothing the loop knows of.
    const milliseconds = limit > 0 && limit < LONGEST ? limit : LONGEST;
    const timer = setTimeout(() => reject(new TimedOut()), milliseconds);
    const done = (): void => {
      clearTimeout(timer as any);
      if (attempt !== undefined) attempt.interrupt = undefined;
    };
    if (attempt !== undefined) attempt.interrupt = (error) => { done(); reject(error as Error); };
    promise.then(() => { done(); resolve(); }, (error) => { done(); reject(error); });
  });
}

/** A hook or a test in the convention of `done`. */
function withDone(fn: (...args: any[]) => unknown, self: unknown, args: unknown[]): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let called = false;
    const done = (error?: unknown): void => {
      if (called) return;
      called = true;
      if (error === undefined || error === null) resolve();
      else reject(error instanceof Error ? error : new Error(String(error)));
    };
    (done as any).fail = (error?: unknown) => done(error ?? new Error("done.fail() was called"));
    const result = fn.apply(self, [...args, done]);
    if (isPromise(result)) result.then(undefined, reject);
  });
}

function runHook(hook: Hook, attempt: Attempt | undefined, context: unknown): Maybe {
  const limit = hook.timeout ?? run.defaultTimeout;
  if (hook.flavour === "jest") return call(() => (hook.fn.length > 0 ? withDone(hook.fn, undefined, []) : hook.fn()), limit, attempt);
  return call(() => hook.fn(context ?? {}), limit, attempt);
}

function timedOutHook(error: unknown, kind: string, limit: number): unknown {
  return error instanceof TimedOut ? new Error(`${kind} timed out after ${limit}ms.`) : error;
}

export class Runner {
  #sink: Sink;
  /** Cleanups that `beforeAll` of Vitest's convention returned. */
  #stopped = false;
  #failures = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  async run(root: Suite): Promise<number> {
    const { tests, filtered } = plan(root);
    this.#sink.plan(tests.map((test) => {
      const timeout = timeoutOf(test);
      const isLimited = timeout > 0 && timeout < LONGEST;
      return { name: path(test), timeout: isLimited ? timeout * ((inherited(test, "retry") ?? run.settings.retry) + 1) : null, line: test.line };
    }));
    await this.#suite(root);
    return filtered;
  }

  async #suite(suite: Suite): Promise<void> {
    if (!suite.runs) {
      this.#skipAll(suite);
      return;
    }
    const failure = await this.#hooksOfSuite(suite.beforeAll, "beforeAll", suite.afterAll);
    if (failure !== undefined) this.#failAll(suite, failure.error);
    else await this.#children(suite);
    const late = await this.#hooksOfSuite([...suite.afterAll].reverse(), "afterAll", undefined);
    if (late !== undefined) this.#sink.error(late.error);
  }

  async #hooksOfSuite(hooks: Hook[], kind: string, cleanups: Hook[] | undefined): Promise<{ error: unknown } | undefined> {
    let failure: { error: unknown } | undefined;
    for (const hook of hooks) {
      try {
        const limit = hook.timeout ?? run.defaultTimeout;
        let returned: unknown;
        const result = hook.flavour === "jest" ? runHook(hook, undefined, undefined) : call(() => {
          const value = hook.fn({});
          return isPromise(value) ? value.then((cleanup) => { returned = cleanup; }) : void (returned = value);
        }, limit, undefined);
        if (result !== undefined) await result;
        if (typeof returned === "function" && cleanups !== undefined) cleanups.push({ fn: returned as Hook["fn"], timeout: hook.timeout, flavour: hook.flavour });
      } catch (error) {
        failure = { error: timedOutHook(error, `${kind} hook`, hook.timeout ?? run.defaultTimeout) };
        if (kind === "beforeAll") return failure;
      }
    }
    return failure;
  }

  async #children(suite: Suite): Promise<void> {
    let group: Test[] = [];
    const flushGroup = async (): Promise<void> => {
      const tests = group;
      group = [];
      if (tests.length > 0) await this.#together(tests);
    };
    for (const child of suite.children) {
      if (child.kind === "test" && child.id >= 0 && willRun(child) && isConcurrent(child)) {
        group.push(child);
        continue;
      }
      await flushGroup();
      if (child.kind === "suite") {
        await this.#suite(child);
      } else if (child.id >= 0) {
        const result = this.#test(child);
        if (result !== undefined) await result;
      }
    }
    await flushGroup();
  }

  /** Tests that overlap, at most so many at a time. */
  async #together(tests: Test[]): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < tests.length) {
        const test = tests[next++]!;
        const result = this.#test(test);
        if (result !== undefined) await result;
      }
    };
    await Promise.all(Array.from({ length: Math.min(run.settings.maxConcurrency, tests.length) }, lane));
  }

  #skipAll(suite: Suite): void {
    for (const child of suite.children) {
      if (child.kind === "suite") this.#skipAll(child);
      else if (child.id >= 0) this.#report(child, child.mode === "todo" ? "todo" : "skip", 0, [], undefined, 0, 0);
    }
  }

  #failAll(suite: Suite, error: unknown): void {
    let first = true;
    const visit = (at: Suite): void => {
      for (const child of at.children) {
        if (child.kind === "suite") visit(child);
        else if (child.id >= 0 && !willRun(child)) this.#report(child, child.mode === "todo" ? "todo" : "skip", 0, [], undefined, 0, 0);
        else if (child.id >= 0) {
          this.#report(child, "fail", 0, first ? [error] : [], first ? undefined : "beforeAll failed", 0, 0);
          first = false;
        }
      }
    };
    visit(suite);
  }

  #report(test: Test, status: string, ms: number, errors: unknown[], note: string | undefined, retries: number, assertions: number): void {
    if (status === "fail") this.#failures++;
    if (status !== "pass") keepSnapshotsOf(path(test));
    const result: any = { t: "test", id: test.id, name: path(test), status, ms, line: test.line };
    if (errors.length > 0) result.errors = errors.map(failureOf);
    if (note !== undefined) result.note = note;
    if (retries > 0) result.retries = retries;
    if (assertions > 0) result.assertions = assertions;
    this.#sink.test(result);
    // The rest of the file would only wait to be killed.
    if (run.settings.bail > 0 && this.#failures >= run.settings.bail) this.#stopped = true;
  }

  #test(test: Test): Maybe {
    if (!willRun(test)) {
      this.#report(test, test.mode === "todo" ? "todo" : "skip", 0, [], undefined, 0, 0);
      return undefined;
    }
    if (this.#stopped) return undefined;
    const start = now();
    const simple = this.#simple(test);
    if (simple !== undefined) {
      const first = this.#attempt(test);
      if (isPromise(first)) return (first as Promise<Attempt>).then((attempt) => this.#conclude(test, attempt, start, 0));
      this.#conclude(test, first as Attempt, start, 0);
      return undefined;
    }
    return this.#tries(test, start);
  }

  /** A test that is tried once. */
  #simple(test: Test): true | undefined {
    const retry = inherited(test, "retry") ?? run.settings.retry;
    const repeats = inherited(test, "repeats") ?? 0;
    return retry === 0 && repeats === 0 ? true : undefined;
  }

  async #tries(test: Test, start: number): Promise<void> {
    const retry = inherited(test, "retry") ?? run.settings.retry;
    const repeats = inherited(test, "repeats") ?? 0;
    let attempt!: Attempt;
    let retries = 0;
    for (let repeat = 0; repeat <= repeats; repeat++) {
      attempt = await this.#attempt(test);
      while (outcome(test, attempt).failed && retries < retry) {
        retries++;
        attempt = await this.#attempt(test);
      }
      if (outcome(test, attempt).failed) break;
    }
    this.#conclude(test, attempt, start, retries);
  }

  #conclude(test: Test, attempt: Attempt, start: number, retries: number): void {
    const ms = now() - start;
    if (attempt.skipped !== undefined && attempt.errors.length === 0) {
      this.#report(test, "skip", ms, [], attempt.skipped === "" ? undefined : attempt.skipped, retries, attempt.assertions);
      return;
    }
    const { failed, errors, note } = outcome(test, attempt);
    if (test.mode === "todo") {
      if (failed) this.#report(test, "todo", ms, [], undefined, retries, attempt.assertions);
      else this.#report(test, "fail", ms, [], "this test is marked as todo but passes. Remove .todo or check that the test is correct.", retries, attempt.assertions);
      return;
    }
    this.#report(test, failed ? "fail" : "pass", ms, errors, note, retries, attempt.assertions);
  }

  #attempt(test: Test): Attempt | Promise<Attempt> {
    const attempt: Attempt = {
      test, errors: [], assertions: 0, expected: undefined, expectsSome: false, finishers: [],
      snapshots: new Map(), soft: [], interrupt: undefined, skipped: undefined, timedOut: false,
    };
    const concurrent = isConcurrent(test);
    const hooks = hooksOf(test);
    run.attempt = attempt;
    if (hooks.before.length === 0 && hooks.after.length === 0 && test.flavour === "jest") {
      // The usual case without a promise where the test makes none.
      const settled = this.#body(test, attempt, undefined);
      if (settled === undefined && attempt.finishers.length === 0) {
        finish(attempt);
        return attempt;
      }
      return this.#rest(settled, attempt, concurrent);
    }
    return this.#full(test, attempt, hooks, concurrent);
  }

  async #rest(settled: Maybe, attempt: Attempt, concurrent: boolean): Promise<Attempt> {
    await settled;
    await finishers(attempt);
    finish(attempt, concurrent);
    return attempt;
  }

  async #full(test: Test, attempt: Attempt, hooks: { before: Hook[]; after: Hook[] }, concurrent: boolean): Promise<Attempt> {
    const context = test.flavour === "jest" ? undefined : (require("crust:test_api/context") as any).contextOf(test, attempt);
    const cleanups: Hook[] = [];
    let ready = true;
    for (const hook of hooks.before) {
      try {
        let returned: unknown;
        const limit = hook.timeout ?? run.defaultTimeout;
        const result = hook.flavour === "jest" ? runHook(hook, attempt, context) : call(() => {
          const value = hook.fn(context ?? {});
          return isPromise(value) ? value.then((cleanup) => { returned = cleanup; }) : void (returned = value);
        }, limit, attempt);
        if (result !== undefined) await result;
        if (typeof returned === "function") cleanups.unshift({ fn: returned as Hook["fn"], timeout: hook.timeout, flavour: hook.flavour });
      } catch (error) {
        attempt.errors.push(timedOutHook(error, "beforeEach hook", hook.timeout ?? run.defaultTimeout));
        ready = false;
        break;
      }
    }
    if (ready) await this.#body(test, attempt, context);
    for (const hook of [...hooks.after, ...cleanups]) {
      if (!concurrent) run.attempt = attempt;
      try {
        const result = runHook(hook, attempt, context);
        if (result !== undefined) await result;
      } catch (error) {
        attempt.errors.push(timedOutHook(error, "afterEach hook", hook.timeout ?? run.defaultTimeout));
      }
    }
    await finishers(attempt);
    finish(attempt, concurrent);
    return attempt;
  }

  #body(test: Test, attempt: Attempt, context: any): Maybe {
    const limit = timeoutOf(test);
    const failed = (error: unknown): void => {
      if (error instanceof TimedOut) attempt.timedOut = true;
      else if (isSkip(error)) attempt.skipped = (error as any).reason;
      else attempt.errors.push(error);
    };
    try {
      const fn = test.fn!;
      const args = test.row ?? [];
      let result: Maybe;
      if (test.flavour !== "jest") result = call(() => (require("crust:test_api/context") as any).invoke(test, context, args), limit, attempt);
      else if (fn.length > args.length && (test.row === undefined || fn.length === args.length + 1)) result = call(() => withDone(fn, undefined, args), limit, attempt);
      else result = call(() => fn(...args), limit, attempt);
      if (result !== undefined) return result.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
    return undefined;
  }
}

function isSkip(error: unknown): boolean {
  return error !== null && typeof error === "object" && (error as any)[Symbol.for("crust.test.skip")] === true;
}

async function finishers(attempt: Attempt): Promise<void> {
  while (attempt.finishers.length > 0) {
    const fn = attempt.finishers.pop()!;
    try {
      const result = call(fn, run.defaultTimeout, attempt);
      if (result !== undefined) await result;
    } catch (error) {
      attempt.errors.push(timedOutHook(error, "onTestFinished callback", run.defaultTimeout));
    }
  }
}

function finish(attempt: Attempt, concurrent = false): void {
  if (!concurrent || run.attempt === attempt) run.attempt = undefined;
  if (attempt.soft.length > 0) attempt.errors.push(...attempt.soft.splice(0));
  if (attempt.errors.length > 0 || attempt.timedOut) return;
  if (attempt.expected !== undefined && attempt.expected !== attempt.assertions) {
    attempt.errors.push(plain(`expected ${attempt.expected} assertion${attempt.expected === 1 ? "" : "s"}, but test ended with ${attempt.assertions} assertion${attempt.assertions === 1 ? "" : "s"}`));
  } else if (attempt.expectsSome && attempt.assertions === 0) {
    attempt.errors.push(plain("received 0 assertions, but expected at least one assertion to be called"));
  }
}

function plain(message: string): Error {
  const error = new Error(message);
  Object.defineProperty(error, "stack", { value: `Error: ${message}`, writable: true, configurable: true });
  return error;
}

function hooksOf(test: Test): { before: Hook[]; after: Hook[] } {
  const before: Hook[] = [];
  const after: Hook[] = [];
  for (let suite: Suite | undefined = test.parent; suite !== undefined; suite = suite.parent) {
    if (suite.beforeEach.length > 0) before.unshift(...suite.beforeEach);
    if (suite.afterEach.length > 0) after.push(...suite.afterEach);
  }
  return { before, after };
}

interface Outcome {
  failed: boolean;
  errors: unknown[];
  note: string | undefined;
}

function outcome(test: Test, attempt: Attempt): Outcome {
  const threw = attempt.errors.length > 0 || attempt.timedOut;
  if (test.failing) {
    return threw ? { failed: false, errors: [], note: undefined } : { failed: true, errors: [], note: "this test is marked as failing but it passed. Remove .failing if the tested behaviour now works." };
  }
  const note = attempt.timedOut ? `this test timed out after ${timeoutOf(test)}ms.` : undefined;
  return { failed: threw, errors: attempt.errors, note };
}
