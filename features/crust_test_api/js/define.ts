// `describe`, `test` and their modifiers: they fill the tree. Never runs a test.
import { run, outside } from "crust:test_api/state";
import { Suite, Test, type Flavour, type Hook, type Mode, type Options } from "crust:test_api/tree";
import { rowsOf } from "crust:test_api/each";

type Fn = (...args: any[]) => unknown;

interface Flags {
  flavour: Flavour;
  mode: Mode;
  only: boolean;
  failing: boolean;
  concurrent: boolean | undefined;
  shuffle: boolean;
  fixtures: any;
}

const PLAIN: Omit<Flags, "flavour"> = { mode: "run", only: false, failing: false, concurrent: undefined, shuffle: false, fixtures: undefined };

function nameOf(name: unknown, what: string): string {
  if (typeof name === "string") return name;
  if (typeof name === "number") return String(name);
  if (typeof name === "function") return name.name;
  throw new TypeError(`The name of a ${what} must be a string, a number or a function, but it is ${typeof name === "symbol" ? "a symbol" : String(name)}`);
}

function currentSuite(what: string): Suite {
  if (!run.isRunner) throw outside(what);
  if (run.suite === undefined) throw new Error(`Cannot call ${what}() inside a test: tests are declared before any runs`);
  return run.suite;
}

interface Declared {
  fn: Fn | undefined;
  options: Options & { skip?: unknown; todo?: unknown; only?: unknown; fails?: unknown; concurrent?: unknown; sequential?: unknown; shuffle?: unknown };
}

/** `(name, fn, timeout | options)` and `(name, options, fn)`. */
function declared(second: unknown, third: unknown, what: string): Declared {
  const [fn, rest] = typeof second === "function" || second === undefined ? [second, third] : [third, second];
  if (fn !== undefined && typeof fn !== "function") throw new TypeError(`The second argument of ${what}() must be a function`);
  const options = typeof rest === "number" ? { timeout: rest } : rest !== null && typeof rest === "object" ? rest : {};
  return { fn: fn as Fn | undefined, options: options as Declared["options"] };
}

function modeOf(flags: Flags, options: Declared["options"]): Mode {
  if (options.skip) return "skip";
  if (options.todo) return "todo";
  return flags.mode;
}

function concurrency(flags: Flags, options: Declared["options"]): boolean | undefined {
  if (options.concurrent !== undefined) return Boolean(options.concurrent);
  if (options.sequential !== undefined) return !options.sequential;
  return flags.concurrent;
}

function addTest(flags: Flags, name: string, fn: Fn | undefined, options: Declared["options"], row: unknown[] | undefined, what: string): void {
  const suite = currentSuite(what);
  if (fn === undefined && flags.mode === "run" && !options.todo && !options.skip) {
    if (flags.flavour === "jest") throw new TypeError(`test "${name}" has no function: use test.todo to declare a test that is still to be written`);
  }
  const test = new Test(name, suite);
  test.fn = fn;
  test.flavour = flags.flavour;
  test.row = row;
  test.mode = fn === undefined && flags.flavour !== "jest" ? "todo" : modeOf(flags, options);
  test.only = flags.only || Boolean(options.only);
  test.failing = flags.failing || Boolean(options.fails);
  test.concurrent = concurrency(flags, options);
  test.fixtures = flags.fixtures;
  test.options = options;
  if (run.settings.lines) test.line = callerLine();
  suite.children.push(test);
}

/** The line of the test file that is being run further out. */
function callerLine(): number {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callerLine);
  for (const frame of String(holder.stack).split("\n")) {
    const match = /\(?(\/[^()]*):(\d+):\d+\)?$/.exec(frame.trim());
    if (match !== null && match[1] === run.file) return Number(match[2]);
  }
  return 0;
}

function addSuite(flags: Flags, name: string, fn: Fn | undefined, options: Declared["options"], row: unknown[], what: string): void {
  const parent = currentSuite(what);
  const suite = new Suite(name, parent);
  suite.mode = fn === undefined && flags.mode === "run" ? "todo" : modeOf(flags, options);
  suite.only = flags.only || Boolean(options.only);
  suite.concurrent = concurrency(flags, options);
  suite.shuffle = flags.shuffle || Boolean(options.shuffle);
  suite.options = options;
  parent.children.push(suite);
  if (fn === undefined) return;
  if (flags.flavour !== "node") {
    unfilled.push({ suite, fill: () => fn(...row) });
    return;
  }
  run.suite = suite;
  try {
    const result: unknown = fn(...row);
    unfilled.push({ suite, fill: () => result });
  } finally {
    run.suite = parent;
  }
}

/** Suites whose functions wait for the end of what is running, as in Bun and Vitest; those of `node:test` do not. */
let unfilled: Array<{ suite: Suite; fill: () => unknown }> = [];

/** Calls the functions of the suites that were declared, depth first, so that all tests are known before one runs. */
export async function fillSuites(): Promise<void> {
  for (const { suite, fill } of unfilled.splice(0)) {
    run.suite = suite;
    try {
      await fill();
    } finally {
      run.suite = undefined;
    }
    await fillSuites();
  }
}

/** Forgets suites of a file that could not be loaded. */
export function dropSuites(): void {
  unfilled = [];
}

type Add = (flags: Flags, name: string, fn: Fn | undefined, options: Declared["options"], row: any, what: string) => void;

/** A function with its modifiers, each made when it is first asked for. */
function chain(add: Add, what: string, flags: Flags): any {
  const declare = function (name: unknown, second?: unknown, third?: unknown): void {
    const { fn, options } = declared(second, third, what);
    add(flags, nameOf(name, what), fn, options, what === "test" ? undefined : [], what);
  };
  const withFlags = (change: Partial<Flags>): any => chain(add, what, { ...flags, ...change });
  const lazy = (name: string, make: () => unknown): void => {
    Object.defineProperty(declare, name, {
      get() {
        const value = make();
        Object.defineProperty(declare, name, { value, writable: true, configurable: true });
        return value;
      },
      set(value) { Object.defineProperty(declare, name, { value, writable: true, configurable: true }); },
      configurable: true,
    });
  };
  lazy("only", () => withFlags({ only: true }));
  lazy("skip", () => withFlags({ mode: "skip" }));
  lazy("todo", () => withFlags({ mode: "todo" }));
  lazy("concurrent", () => withFlags({ concurrent: true }));
  for (const name of ["serial", "sequential"]) lazy(name, () => withFlags({ concurrent: false }));
  lazy("if", () => (condition: unknown) => withFlags(condition ? {} : { mode: "skip" }));
  lazy("runIf", () => (condition: unknown) => withFlags(condition ? {} : { mode: "skip" }));
  lazy("skipIf", () => (condition: unknown) => withFlags(condition ? { mode: "skip" } : {}));
  lazy("todoIf", () => (condition: unknown) => withFlags(condition ? { mode: "todo" } : {}));
  lazy("concurrentIf", () => (condition: unknown) => withFlags(condition ? { concurrent: true } : {}));
  lazy("serialIf", () => (condition: unknown) => withFlags(condition ? { concurrent: false } : {}));
  lazy("each", () => each(add, what, flags, true));
  lazy("for", () => each(add, what, flags, false));
  if (what === "test") {
    for (const name of ["failing", "fails"]) lazy(name, () => withFlags({ failing: true }));
    lazy("failingIf", () => (condition: unknown) => withFlags(condition ? { failing: true } : {}));
    lazy("extend", () => (fixtures: any) => withFlags({ fixtures: { ...flags.fixtures, ...fixtures } }));
    for (const name of ["scoped", "override"]) lazy(name, () => (fixtures: any): void => {
      const suite = currentSuite(`test.${name}`);
      suite.fixtures = { ...suite.fixtures, ...fixtures };
    });
  } else {
    lazy("shuffle", () => withFlags({ shuffle: true }));
  }
  return declare;
}

/** `each` spreads a row of an array over the arguments, `for` gives it as one. */
function each(add: Add, what: string, flags: Flags, spread: boolean): any {
  return function (table: unknown, ...values: unknown[]) {
    const rows = rowsOf(table, values);
    return (name: unknown, second?: unknown, third?: unknown): void => {
      const { fn, options } = declared(second, third, what);
      const title = nameOf(name, what);
      const source = Array.isArray(table) && !Object.hasOwn(table, "raw") ? table : undefined;
      rows.forEach((row, index) => add(flags, row.title(title), fn, options, spread ? row.args : [source === undefined ? row.args[0] : source[index]], what));
    };
  };
}

function hook(list: "beforeAll" | "afterAll" | "beforeEach" | "afterEach", flavour: Flavour): any {
  return (fn: unknown, options?: number | { timeout?: number }): void => {
    if (typeof fn !== "function") throw new TypeError(`${list}() takes a function`);
    const suite = currentSuite(list);
    const timeout = typeof options === "number" ? options : options?.timeout;
    suite[list].push({ fn: fn as Hook["fn"], timeout, flavour });
  };
}

/** The functions of one flavour. */
export function api(flavour: Flavour): any {
  const flags: Flags = { ...PLAIN, flavour };
  const test = chain(addTest, "test", flags);
  const describe = chain(addSuite, "describe", flags);
  return {
    test,
    it: test,
    describe,
    suite: describe,
    xtest: test.skip,
    xit: test.skip,
    fit: test.only,
    xdescribe: describe.skip,
    fdescribe: describe.only,
    beforeAll: hook("beforeAll", flavour),
    afterAll: hook("afterAll", flavour),
    beforeEach: hook("beforeEach", flavour),
    afterEach: hook("afterEach", flavour),
    onTestFinished(fn: () => unknown): void {
      if (run.attempt === undefined) throw new Error("onTestFinished() must be called within a test");
      run.attempt.finishers.push(fn);
    },
    onTestFailed(fn: () => unknown): void {
      const { attempt } = run;
      if (attempt === undefined) throw new Error("onTestFailed() must be called within a test");
      attempt.finishers.push(() => (attempt.errors.length > 0 ? fn() : undefined));
    },
    setDefaultTimeout(milliseconds: number): void {
      if (typeof milliseconds !== "number" || Number.isNaN(milliseconds)) throw new TypeError("setDefaultTimeout() takes a number of milliseconds");
      run.defaultTimeout = milliseconds;
    },
  };
}

const made = new Map<Flavour, any>();
export function apiOf(flavour: Flavour): any {
  let found = made.get(flavour);
  if (found === undefined) {
    found = api(flavour);
    made.set(flavour, found);
  }
  return found;
}
