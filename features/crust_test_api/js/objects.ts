// The objects `jest` and `vi`, with what both have and what is each one's.
import { run } from "crust:test_api/state";
import * as mocks from "crust:test_api/mock";
import * as clock from "crust:test_api/clock";
import * as modules from "crust:test_api/mock_modules";

function missing(name: string, why: string): any {
  return () => { throw Object.assign(new Error(`${name} is not supported${why}`), { code: "ERR_NOT_IMPLEMENTED" }); };
}

/** Every method gives the object back, so that calls can be chained. */
function chained<T extends object>(self: () => T, fn: (...args: any[]) => unknown): (...args: any[]) => T {
  return (...args) => {
    fn(...args);
    return self();
  };
}

function shared(self: () => any): Record<string, unknown> {
  const chain = (fn: (...args: any[]) => unknown) => chained(self, fn);
  return {
    fn: mocks.fn,
    spyOn: mocks.spyOn,
    isMockFunction: mocks.isMock,
    mocked: (value: unknown) => value,
    clearAllMocks: chain(mocks.clearAllMocks),
    resetAllMocks: chain(mocks.resetAllMocks),
    restoreAllMocks: chain(mocks.restoreAllMocks),
    mock: chain(modules.mockPathOrAutomatic),
    doMock: chain(modules.mockPathOrAutomatic),
    unmock: chain(modules.unmock),
    resetModules: chain(modules.startOver),
    useFakeTimers: chain(clock.useFakeTimers),
    useRealTimers: chain(clock.useRealTimers),
    isFakeTimers: clock.isFakeTimers,
    setSystemTime: chain(clock.setSystemTime),
    getRealSystemTime: clock.getRealSystemTime,
    advanceTimersByTime: chain(clock.advanceTimersByTime),
    advanceTimersByTimeAsync: clock.advanceTimersByTimeAsync,
    advanceTimersToNextTimer: chain(clock.advanceTimersToNextTimer),
    advanceTimersToNextTimerAsync: clock.advanceTimersToNextTimerAsync,
    advanceTimersToNextFrame: chain(clock.advanceTimersToNextFrame),
    runOnlyPendingTimers: chain(clock.runOnlyPendingTimers),
    runOnlyPendingTimersAsync: clock.runOnlyPendingTimersAsync,
    runAllTimers: chain(clock.runAllTimers),
    runAllTimersAsync: clock.runAllTimersAsync,
    runAllTicks: chain(clock.runAllTicks),
    setTimerTickMode: chain(clock.setTimerTickMode),
    getTimerCount: clock.getTimerCount,
    clearAllTimers: chain(clock.clearAllTimers),
  };
}

export const jest: any = {
  ...shared(() => jest),
  now: clock.mockedNow,
  replaceProperty: mocks.replaceProperty,
  requireActual: modules.requireActual,
  requireMock: modules.requireMock,
  createMockFromModule: modules.createMockFromModule,
  genMockFromModule: modules.createMockFromModule,
  setMock: chained(() => jest, modules.setMock),
  dontMock: chained(() => jest, modules.unmock),
  deepUnmock: chained(() => jest, modules.unmock),
  unstable_mockModule: chained(() => jest, modules.mockPathOrAutomatic),
  unstable_unmockModule: chained(() => jest, modules.unmock),
  onGenerateMock: chained(() => jest, modules.onGenerateMock),
  isolateModules: modules.isolateModules,
  isolateModulesAsync: modules.isolateModules,
  runAllImmediates: chained(() => jest, clock.runAllImmediates),
  setTimeout(milliseconds: number) {
    run.defaultTimeout = milliseconds;
    return jest;
  },
  retryTimes(count: number) {
    run.settings = { ...run.settings, retry: count };
    run.fileEnds.push(() => { run.settings = { ...run.settings, retry: 0 }; });
    return jest;
  },
  getSeed: () => run.settings.seed ?? 0,
  enableAutomock: missing("jest.enableAutomock", ": mock modules by name"),
  autoMockOn: missing("jest.autoMockOn", ": mock modules by name"),
  // Modules are never mocked unless they are named.
  disableAutomock: () => jest,
  autoMockOff: () => jest,
};

// --- what only Vitest has

const stubs: Array<() => void> = [];
const environment = new Map<string, string | undefined>();

async function waitUntil(check: () => unknown, options: number | { timeout?: number; interval?: number } = {}, onlyTruthy = true): Promise<unknown> {
  const { timeout = 1000, interval = 50 } = typeof options === "number" ? { timeout: options } : options;
  const timers = require("crust:web/timers") as any;
  const { now } = require("crust:ops/core") as any;
  const end = now() + timeout;
  for (;;) {
    let failure: unknown;
    try {
      const value = await check();
      if (!onlyTruthy || value) return value;
      failure = new Error("Timed out in waitUntil!");
    } catch (error) {
      if (onlyTruthy) throw error;
      failure = error;
    }
    if (now() >= end) throw failure;
    if (clock.isFakeTimers()) clock.advanceTimersByTime(interval);
    await new Promise((resolve) => timers.setTimeout(resolve, interval));
  }
}

/** `vi.defineHelper(fn)`: errors of a helper's assertions are those of the line that calls it. */
function defineHelper(helper: (...args: any[]) => unknown): (...args: any[]) => unknown {
  const call = function (this: unknown, ...args: unknown[]): unknown {
    const place: { stack?: string } = {};
    Error.captureStackTrace(place, call);
    const moved = (error: unknown): never => {
      if (error instanceof Error) {
        const frames = String(place.stack).split("\n").filter((line) => /^\s+at /.test(line)).join("\n");
        Object.defineProperty(error, "stack", { value: `${error.name}: ${error.message}\n${frames}`, writable: true, configurable: true });
      }
      throw error;
    };
    try {
      const result: any = helper.apply(this, args);
      return result instanceof Promise ? result.catch(moved) : result;
    } catch (error) {
      return moved(error);
    }
  };
  return call;
}

export const vi: any = {
  ...shared(() => vi),
  importActual: modules.importActual,
  importMock: modules.importMock,
  doUnmock: chained(() => vi, modules.unmock),
  hoisted: (make: () => unknown) => make(),
  mockObject: (value: unknown) => mocks.automock(value),
  when: (spy: unknown, options?: any) => (require("crust:test_api/mock_when") as any).when(spy, options),
  isWhenChain: (value: unknown) => (require("crust:test_api/mock_when") as any).isWhenChain(value),
  defineHelper,
  getMockedSystemTime: () => (clock.isFakeTimers() ? new Date(clock.mockedNow()) : null),
  dynamicImportSettled: () => new Promise((resolve) => (require("crust:web/timers") as any).setImmediate(resolve)),
  waitFor: (check: () => unknown, options?: any) => waitUntil(check, options, false),
  waitUntil: (check: () => unknown, options?: any) => waitUntil(check, options, true),
  stubGlobal(name: PropertyKey, value: unknown) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    stubs.push(() => {
      if (before === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, before);
    });
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
    return vi;
  },
  unstubAllGlobals() {
    for (const undo of stubs.splice(0).reverse()) undo();
    return vi;
  },
  stubEnv(name: string, value: string | boolean | undefined) {
    const { env } = (globalThis as any).process;
    if (!environment.has(name)) environment.set(name, env[name]);
    if (value === undefined) delete env[name];
    else env[name] = typeof value === "boolean" ? (value ? "1" : "") : String(value);
    return vi;
  },
  unstubAllEnvs() {
    const { env } = (globalThis as any).process;
    for (const [name, value] of environment) {
      if (value === undefined) delete env[name];
      else env[name] = value;
    }
    environment.clear();
    return vi;
  },
  setConfig(config: { testTimeout?: number }) {
    if (config.testTimeout !== undefined) run.defaultTimeout = config.testTimeout;
  },
  resetConfig() {
    run.defaultTimeout = run.settings.timeout;
  },
};

/** Between files. */
run.forget.push(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});
