// `run()` of node:test: test files in a run of their own (`crust test`), whose events come as a stream.
import { ofEvents, type TestEvent } from "crust:test_api/reporter_node";
import { tell } from "crust:test_api/reporter";

interface RunOptions {
  files?: string[];
  cwd?: string;
  concurrency?: number | boolean;
  only?: boolean;
  timeout?: number;
  testNamePatterns?: string | RegExp | Array<string | RegExp>;
  isolation?: "process" | "none";
  shard?: { index: number; total: number };
  signal?: AbortSignal;
  setup?: (stream: unknown) => unknown;
  env?: Record<string, string>;
}

/** What this runner cannot do for `run()`; each would be ignored silently else. */
const REFUSED = ["watch", "coverage", "globPatterns", "globalSetupPath", "inspectPort", "testSkipPatterns", "execArgv", "argv", "rerunFailuresFilePath"];

function refuse(options: any): void {
  for (const name of REFUSED) {
    const value = options[name];
    if (value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)) throw Object.assign(new Error(`node:test's run({ ${name} }) is not supported`), { code: "ERR_NOT_IMPLEMENTED" });
  }
}

function argumentsOf(options: RunOptions): string[] {
  const args = ["test", "--reporter=events"];
  if (options.only) args.push("--only");
  if (options.timeout !== undefined && options.timeout !== Infinity) args.push(`--timeout=${options.timeout}`);
  if (options.isolation === "none") args.push("--no-isolate");
  if (options.shard !== undefined) args.push(`--shard=${options.shard.index}/${options.shard.total}`);
  const { concurrency } = options;
  if (concurrency === true) args.push("--parallel");
  else if (typeof concurrency === "number" && concurrency > 1) args.push(`--parallel=${concurrency}`);
  const patterns = options.testNamePatterns === undefined ? [] : [options.testNamePatterns].flat();
  if (patterns.length > 0) args.push(`--test-name-pattern=${patterns.map((pattern) => `(?:${pattern instanceof RegExp ? pattern.source : pattern})`).join("|")}`);
  const { resolve } = require("node:path") as typeof import("node:path");
  for (const file of options.files ?? []) args.push(resolve(options.cwd ?? ".", file));
  return args;
}

export function run(options: RunOptions = {}): any {
  refuse(options);
  const { Readable } = require("node:stream") as typeof import("node:stream");
  const { spawn } = require("node:child_process") as typeof import("node:child_process");
  const { createInterface } = require("node:readline") as typeof import("node:readline");
  const { process } = globalThis as any;
  const stream: any = new Readable({ objectMode: true, read() {} });
  const push = (event: TestEvent): void => {
    stream.push(event);
    stream.emit(event.type, event.data);
  };
  const begin = async (): Promise<void> => {
    await options.setup?.(stream);
    const child = spawn(process.execPath, argumentsOf(options), { cwd: options.cwd, env: options.env ?? process.env, signal: options.signal, stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise<void>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", () => resolve());
    });
    // Whoever reads the lines waits for it below.
    ended.catch(() => {});
    const dialect = ofEvents(push, () => {});
    for await (const line of createInterface({ input: child.stdout! })) if (line.startsWith("{")) await tell(dialect, JSON.parse(line));
    await ended;
    stream.push(null);
  };
  // As in Node, nothing happens before the caller could listen.
  setImmediate(() => { begin().catch((error) => stream.destroy(error)); });
  return stream;
}
