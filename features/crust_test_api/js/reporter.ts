// The process of a reporter that a user wrote: reads the run from `crust test`, a line of JSON an event
// (crust_testplan's report/lines.rs), and calls the module's hooks. It understands Vitest's reporters, Jest's and
// those of node:test, by what the module has.
import { openChannel, nextJob } from "crust:ops/test_api";
import { importFrom } from "crust:ops/core";

export interface ReportedError {
  message: string;
  stack: string;
  place: { file: string; line: number; column: number } | null;
}

export interface ReportedTest {
  name: string[];
  status: "pass" | "fail" | "skip" | "todo";
  ms: number;
  line: number;
  errors: ReportedError[];
  note: string | null;
  retries: number;
  assertions: number;
}

/** What a dialect does with the events; each may wait. */
export interface Dialect {
  run(files: string[]): unknown;
  file(path: string, name: string): unknown;
  test(test: ReportedTest): unknown;
  error(error: ReportedError): unknown;
  end(ms: number | null): unknown;
  finish(totals: any): unknown;
}

/** Runs the reporter until the run is over. */
export async function start(specifier: string): Promise<void> {
  openChannel(0, -1, "");
  const { process } = globalThis as any;
  const namespace: any = await importFrom(specifier, `${process.cwd()}/[reporter]`);
  const dialect = dialectOf(namespace.default, specifier);
  for (let line = nextJob(); line !== undefined; line = nextJob()) await tell(dialect, JSON.parse(line));
}

export function tell(dialect: Dialect, event: any): unknown {
  switch (event.t) {
    case "run": return dialect.run(event.files);
    case "file": return dialect.file(event.path, event.name);
    case "test": return dialect.test(event);
    case "error": return dialect.error(event.error);
    case "end": return dialect.end(event.ms);
    case "finish": return dialect.finish(event);
    default: throw new Error(`Unknown event ${event.t}`);
  }
}

const JEST = ["onRunStart", "onTestStart", "onTestFileStart", "onTestResult", "onTestFileResult", "onRunComplete", "getLastError"];

function isClass(value: any): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

function dialectOf(exported: any, specifier: string): Dialect {
  if (typeof exported === "function" && /Generator/.test(Object.prototype.toString.call(exported))) return load("reporter_node").ofGenerator(exported);
  const reporter = isClass(exported) ? new exported() : typeof exported === "function" ? made(exported) : exported;
  if (reporter === null || typeof reporter !== "object") throw new TypeError(`The default export of the reporter ${specifier} must be a class, an object or an async generator function`);
  if (typeof reporter.pipe === "function" && typeof reporter.write === "function") return load("reporter_node").ofStream(reporter);
  if (JEST.some((name) => typeof reporter[name] === "function")) return load("reporter_jest").ofReporter(reporter);
  return load("reporter_vitest").ofReporter(reporter);
}

/** A function that is no class: one of the old kind, or one that makes the reporter. */
function made(make: any): unknown {
  return make.prototype !== undefined && Object.getOwnPropertyNames(make.prototype).length > 1 ? new make() : make();
}

function load(name: string): any {
  return require(`crust:test_api/${name}`);
}
