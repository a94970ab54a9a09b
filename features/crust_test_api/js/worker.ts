// The worker process of `crust test`: takes files from its parent one by one, runs each and tells what
// happened (the events of crust_testplan's event.rs).
import { now, setRejectionHandler, setUncaughtHandler } from "crust:ops/core";
import { nextJob, openChannel, send } from "crust:ops/test_api";
import { clearInterval, setImmediate, setInterval } from "crust:web/timers";
import { run, type Settings } from "crust:test_api/state";
import { Suite } from "crust:test_api/tree";
import { apiOf, dropSuites, fillSuites } from "crust:test_api/define";
import { expect, expectTypeOf, extensible } from "crust:test_api/expect";
import { Runner } from "crust:test_api/runner";
import { failureOf } from "crust:test_api/failure";
import { finishSnapshots } from "crust:test_api/snapshots";
import { forgetModules, importFile } from "crust:test_api/modules";
import { restoreGlobals, saveGlobals, leftovers } from "crust:test_api/isolate";

/** So often the parent hears that the loop still turns. */
const BEAT = 500;

let countsCoverage = false;

function say(event: unknown): void {
  send(JSON.stringify(event));
}

/** Runs files until there are no more. */
export async function start(descriptors: string): Promise<void> {
  if (descriptors.startsWith("reporter,")) return (require("crust:test_api/reporter") as any).start(descriptors.slice("reporter,".length));
  const [jobs, events, token, counts] = descriptors.split(",");
  openChannel(Number(jobs), Number(events), token);
  const settings = JSON.parse(nextJob()!) as Settings;
  run.settings = settings;
  run.isRunner = true;
  // For the engine of this process alone (apps/crust/src/cmd/test/worker.rs).
  delete (globalThis as any).process.env.JSC_useTailCalls;
  catchErrors();
  const api = installGlobals();
  if (counts === "coverage") {
    countsCoverage = true;
    (require("crust:test_api/coverage") as any).defineCounters();
  }
  refuseExit();
  if (settings.isolate) saveGlobals(extensible, api);
  say({ t: "ready" });
  let isFirst = true;
  for (let line = nextJob(); line !== undefined; line = nextJob()) {
    const { file } = JSON.parse(line) as { file: string };
    await runFile(file, isFirst || settings.isolate);
    isFirst = false;
  }
  // What the last file left open is nobody's any more.
  (globalThis as any).process.reallyExit(0);
}

async function runFile(file: string, preloads: boolean): Promise<void> {
  const began = now();
  run.file = file;
  run.assertions = 0;
  run.defaultTimeout = run.settings.timeout;
  run.loose = [];
  const beat = setInterval(() => say({ t: "beat" }), BEAT) as any;
  beat.unref();
  const root = new Suite("", undefined);
  let filtered = 0;
  const isLoaded = await load(root, file, preloads);
  if (isLoaded) {
    const runner = new Runner({
      plan: (tests) => say({ t: "plan", tests }),
      test: say,
      error: (error) => looseError(error),
    });
    try {
      filtered = await runner.run(root);
    } catch (error) {
      looseError(error);
    }
  }
  // Rejections of the last turn are reported when it is over.
  await new Promise((resolve) => setImmediate(resolve));
  for (const end of run.fileEnds.splice(0)) {
    try {
      await end();
    } catch (error) {
      looseError(error);
    }
  }
  let snapshots;
  try {
    snapshots = finishSnapshots();
  } catch (error) {
    looseError(error);
  }
  clearInterval(beat);
  const retire = run.settings.isolate ? cleanUp() : false;
  tellCoverage();
  say({ t: "end", assertions: run.assertions, snapshots, filtered, retire, ms: now() - began });
  // Files that were given already go to another worker.
  if (retire) (globalThis as any).process.reallyExit(0);
}

/** Loads the file, which declares its tests. */
async function load(root: Suite, file: string, preloads: boolean): Promise<boolean> {
  run.suite = root;
  try {
    if (preloads) for (const specifier of run.settings.preload) await importFile(specifier, true);
    await importFile(file, false);
    await fillSuites();
    return true;
  } catch (error) {
    dropSuites();
    looseError(error);
    return false;
  } finally {
    run.suite = undefined;
  }
}

function looseError(error: unknown): void {
  say({ t: "error", error: failureOf(error) });
}

/** Puts everything back for the next file; answers whether only a new process can. */
function cleanUp(): boolean {
  for (const forget of run.forget) forget();
  restoreGlobals();
  forgetModules();
  return leftovers();
}

/** Errors that nothing caught belong to the running test; without one, to the file. */
function catchErrors(): void {
  const { process } = globalThis as any;
  const take = (error: unknown): void => {
    const { attempt } = run;
    if (attempt?.interrupt !== undefined) attempt.interrupt(error);
    else if (attempt !== undefined) attempt.errors.push(error);
    else looseError(error);
  };
  setUncaughtHandler((error: unknown, origin: string) => {
    if (process.listenerCount("uncaughtException") > 0) return process.emit("uncaughtException", error, origin);
    take(error);
    return true;
  });
  setRejectionHandler((reason: unknown, promise: Promise<unknown>) => {
    if (process.listenerCount("unhandledRejection") > 0) return process.emit("unhandledRejection", reason, promise);
    take(reason);
    return true;
  });
}

/** A test that ends the process would take the others with it. */
function refuseExit(): void {
  const { process } = globalThis as any;
  process.exit = function exit(code?: number): never {
    const error = new Error(`process.exit(${code ?? ""}) was called${run.attempt === undefined ? " outside of a test" : " in a test"}`);
    Error.captureStackTrace(error, exit);
    throw error;
  };
}

function tellCoverage(): void {
  if (!countsCoverage) return;
  const { counters, takeCounts } = require("crust:test_api/coverage") as typeof import("crust:test_api/coverage");
  if (counters.size > 0) say({ t: "coverage", counts: takeCounts() });
}

/** The names that test files find without importing them, and gives what they are. */
function installGlobals(): unknown[] {
  const { test, it, describe, xtest, xit, fit, xdescribe, fdescribe, beforeAll, afterAll, beforeEach, afterEach, onTestFinished, setDefaultTimeout } = apiOf("jest");
  const values = { test, it, describe, xtest, xit, fit, xdescribe, fdescribe, beforeAll, afterAll, beforeEach, afterEach, onTestFinished, setDefaultTimeout, expect, expectTypeOf };
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
  for (const name of ["jest", "vi", "mock", "spyOn"]) {
    Object.defineProperty(globalThis, name, {
      get() {
        const value = (require("crust:test_api/bun_module") as any)[name];
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
        return value;
      },
      set(value) { Object.defineProperty(globalThis, name, { value, writable: true, configurable: true }); },
      configurable: true,
    });
  }
  return Object.values(values);
}
