// Vitest's reporter interface (vitest.dev/api/advanced/reporters): modules, suites and test cases as a tree.
import type { Dialect, ReportedError, ReportedTest } from "crust:test_api/reporter";

const STATES = { pass: "passed", fail: "failed", skip: "skipped", todo: "skipped" } as const;

function errorOf({ message, stack, place }: ReportedError): any {
  const colon = /^([A-Z]\w*): /.exec(message);
  return { name: colon?.[1] ?? "Error", message: message.replace(/^(?:error|[A-Z]\w*): /, ""), stack, stacks: place === null ? [] : [{ file: place.file, line: place.line, column: place.column, method: "" }] };
}

/** The children of a module or suite. */
class TestCollection {
  #list: Array<TestCase | TestSuite> = [];
  add(child: TestCase | TestSuite): void { this.#list.push(child); }
  get size(): number { return this.#list.length; }
  at(index: number): TestCase | TestSuite | undefined { return this.#list.at(index); }
  array(): Array<TestCase | TestSuite> { return [...this.#list]; }
  [Symbol.iterator](): Iterator<TestCase | TestSuite> { return this.#list[Symbol.iterator](); }
  *tests(state?: string): Generator<TestCase> {
    for (const child of this.#list) if (child.type === "test" && (state === undefined || child.result().state === state)) yield child;
  }
  *suites(): Generator<TestSuite> {
    for (const child of this.#list) if (child.type === "suite") yield child;
  }
  *allTests(state?: string): Generator<TestCase> {
    for (const child of this.#list) {
      if (child.type === "suite") yield* child.children.allTests(state);
      else if (state === undefined || child.result().state === state) yield child;
    }
  }
  *allSuites(): Generator<TestSuite> {
    for (const suite of this.suites()) {
      yield suite;
      yield* suite.children.allSuites();
    }
  }
}

class TestCase {
  readonly type = "test";
  readonly id: string;
  readonly name: string;
  readonly fullName: string;
  readonly module: TestModule;
  readonly parent: TestModule | TestSuite;
  readonly location: { line: number; column: number } | undefined;
  readonly options: any;
  readonly project: any;
  #reported: ReportedTest;
  constructor(reported: ReportedTest, module: TestModule, parent: TestModule | TestSuite) {
    this.#reported = reported;
    this.id = `${module.id}_${[...module.children.allTests()].length}`;
    this.name = reported.name.at(-1)!;
    this.fullName = reported.name.join(" > ");
    this.module = module;
    this.parent = parent;
    this.project = module.project;
    this.location = reported.line > 0 ? { line: reported.line, column: 1 } : undefined;
    this.options = { mode: reported.status === "skip" || reported.status === "todo" ? reported.status : "run" };
  }
  result(): any {
    const { status, errors, note } = this.#reported;
    const state = STATES[status];
    if (state === "passed") return { state, errors: undefined };
    if (state === "skipped") return { state, note: note ?? undefined, errors: undefined };
    return { state, errors: errors.length > 0 ? errors.map(errorOf) : [{ name: "Error", message: note ?? "failed", stack: "", stacks: [] }] };
  }
  ok(): boolean { return this.#reported.status !== "fail"; }
  meta(): any { return {}; }
  annotations(): any[] { return []; }
  diagnostic(): any {
    const { ms, retries, status } = this.#reported;
    return { duration: ms, retryCount: retries, repeatCount: 0, flaky: retries > 0 && status === "pass", slow: ms > 300, heap: undefined, startTime: Date.now() - ms };
  }
}

class TestSuite {
  readonly type = "suite";
  readonly children = new TestCollection();
  readonly id: string;
  readonly name: string;
  readonly fullName: string;
  readonly module: TestModule;
  readonly parent: TestModule | TestSuite;
  readonly project: any;
  constructor(name: string, module: TestModule, parent: TestModule | TestSuite) {
    this.name = name;
    this.fullName = parent.type === "suite" ? `${parent.fullName} > ${name}` : name;
    this.id = `${module.id}_${this.fullName}`;
    this.module = module;
    this.parent = parent;
    this.project = module.project;
  }
  state(): string { return stateOf(this.children); }
  ok(): boolean { return this.state() !== "failed"; }
  errors(): any[] { return []; }
  meta(): any { return {}; }
}

function stateOf(children: TestCollection): string {
  const states = [...children.allTests()].map((test) => test.result().state);
  if (states.includes("failed")) return "failed";
  return states.includes("passed") ? "passed" : "skipped";
}

class TestModule {
  readonly type = "module";
  readonly children = new TestCollection();
  readonly id: string;
  readonly moduleId: string;
  readonly relativeModuleId: string;
  readonly project: any;
  readonly failures: any[] = [];
  duration = 0;
  isOver = false;
  constructor(path: string, name: string, project: any) {
    this.id = path;
    this.moduleId = path;
    this.relativeModuleId = name;
    this.project = project;
  }
  state(): string {
    if (!this.isOver) return "pending";
    return this.failures.length > 0 ? "failed" : stateOf(this.children);
  }
  ok(): boolean { return this.state() !== "failed"; }
  errors(): any[] { return this.failures; }
  meta(): any { return {}; }
  diagnostic(): any { return { duration: this.duration, setupDuration: 0, prepareDuration: 0, environmentSetupDuration: 0, collectDuration: 0, importDurations: {}, heap: undefined }; }
}

/** The events that follow from a test in a suite that was not told of yet. */
export function ofReporter(reporter: any): Dialect {
  const { process } = globalThis as any;
  const call = (name: string, ...args: unknown[]): unknown => (typeof reporter[name] === "function" ? reporter[name](...args) : undefined);
  const config = { root: process.cwd() };
  const project = { name: "", config };
  const modules: TestModule[] = [];
  let current: TestModule;
  let open: TestSuite[] = [];
  const close = async (left: number): Promise<void> => {
    while (open.length > left) await call("onTestSuiteResult", open.pop()!);
  };
  const enter = async (names: string[]): Promise<TestModule | TestSuite> => {
    let same = 0;
    while (same < names.length && open[same]?.name === names[same]) same++;
    await close(same);
    for (const name of names.slice(same)) {
      const parent = open.at(-1) ?? current;
      const suite = new TestSuite(name, current, parent);
      parent.children.add(suite);
      open.push(suite);
      await call("onTestSuiteReady", suite);
    }
    return open.at(-1) ?? current;
  };
  return {
    async run(files) {
      await call("onInit", { config, version: process.versions.crust, projects: [project], logger: console });
      await call("onTestRunStart", files.map((moduleId) => ({ moduleId, project, pool: "forks", testLines: undefined })));
    },
    async file(path, name) {
      current = new TestModule(path, name, project);
      modules.push(current);
      await call("onTestModuleQueued", current);
      await call("onTestModuleStart", current);
    },
    async test(reported) {
      const parent = await enter(reported.name.slice(0, -1));
      const test = new TestCase(reported, current, parent);
      parent.children.add(test);
      await call("onTestCaseReady", test);
      await call("onTestCaseResult", test);
    },
    error(error) { current.failures.push(errorOf(error)); },
    async end(ms) {
      await close(0);
      open = [];
      current.duration = ms ?? 0;
      current.isOver = true;
      // What a file holds is known when it is over: its tests come from another process as they end.
      await call("onTestModuleCollected", current);
      await call("onTestModuleEnd", current);
    },
    async finish(totals) {
      const reason = totals.notRun > 0 ? "interrupted" : totals.failed > 0 || totals.errors > 0 ? "failed" : "passed";
      await call("onTestRunEnd", modules, [], reason);
      await call("onFinished", modules, []);
    },
  };
}
