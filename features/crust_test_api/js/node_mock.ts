// `mock` of node:test: functions, methods, accessors and timers, each with Node's record of calls.
import * as clock from "crust:test_api/clock";
import { mockModuleOfBun, unmock } from "crust:test_api/mock_modules";

type Fn = (...args: any[]) => any;

interface CallRecord {
  arguments: unknown[];
  error: unknown;
  result: unknown;
  stack: Error;
  target: Function | undefined;
  this: unknown;
}

class MockFunctionContext {
  #calls: CallRecord[] = [];
  #implementation: Fn;
  #once = new Map<number, Fn>();
  #restore: () => void;
  #times: number;
  #original: Fn;

  constructor(original: Fn, implementation: Fn, times: number, restore: () => void) {
    this.#original = original;
    this.#implementation = implementation;
    this.#times = times;
    this.#restore = restore;
  }
  get calls(): CallRecord[] {
    return this.#calls.slice();
  }
  callCount(): number {
    return this.#calls.length;
  }
  mockImplementation(fn: Fn): void {
    this.#implementation = fn;
  }
  mockImplementationOnce(fn: Fn, onCall = this.#calls.length): void {
    this.#once.set(onCall, fn);
  }
  resetCalls(): void {
    this.#calls = [];
  }
  restore(): void {
    this.#implementation = this.#original;
    this.#restore();
  }
  invoke(self: unknown, args: unknown[], target: Function | undefined): unknown {
    const index = this.#calls.length;
    const record: CallRecord = { arguments: args, error: undefined, result: undefined, stack: new Error(), target, this: self };
    const once = this.#once.get(index);
    this.#once.delete(index);
    const implementation = once ?? (index < this.#times ? this.#implementation : this.#original);
    try {
      record.result = target === undefined ? implementation.apply(self, args) : Reflect.construct(implementation, args, target);
      if (target !== undefined) record.this = record.result;
      return record.result;
    } catch (error) {
      record.error = error;
      throw error;
    } finally {
      this.#calls.push(record);
    }
  }
}

function wrap(original: Fn, implementation: Fn, times: number, restore: () => void): any {
  const context = new MockFunctionContext(original, implementation, times, restore);
  const mock: any = function (this: unknown, ...args: unknown[]): unknown {
    return context.invoke(this, args, new.target);
  };
  Object.defineProperty(mock, "name", { value: original.name, configurable: true });
  Object.defineProperty(mock, "length", { value: original.length, configurable: true });
  if (original.prototype !== undefined) mock.prototype = original.prototype;
  Object.defineProperty(mock, "mock", { value: context, configurable: true });
  return mock;
}

class MockTracker {
  #contexts: Array<{ restore(): void }> = [];

  get timers(): any {
    return timers;
  }
  fn(original?: any, implementation?: any, options?: any): any {
    const fn = typeof original === "function" ? original : () => undefined;
    const impl = typeof implementation === "function" ? implementation : fn;
    const given = [original, implementation, options].find((value) => value !== null && typeof value === "object") ?? {};
    return this.#keep(wrap(fn, impl, given.times ?? Infinity, () => {}));
  }
  method(object: any, name: PropertyKey, implementation?: any, options?: any): any {
    const given = (typeof implementation === "object" ? implementation : options) ?? {};
    if (given.getter) return this.#accessor(object, name, "get", typeof implementation === "function" ? implementation : undefined, given);
    if (given.setter) return this.#accessor(object, name, "set", typeof implementation === "function" ? implementation : undefined, given);
    const original = object?.[name];
    if (typeof original !== "function") throw Object.assign(new TypeError(`The argument 'methodName' must be a method. Received ${String(original)}`), { code: "ERR_INVALID_ARG_VALUE" });
    const own = Object.getOwnPropertyDescriptor(object, name);
    const mock = wrap(original, typeof implementation === "function" ? implementation : original, given.times ?? Infinity, () => {
      if (own === undefined) delete object[name];
      else Object.defineProperty(object, name, own);
    });
    Object.defineProperty(object, name, { value: mock, writable: true, configurable: true, enumerable: own?.enumerable ?? false });
    return this.#keep(mock);
  }
  getter(object: any, name: PropertyKey, implementation?: any, options?: any): any {
    return this.method(object, name, implementation, { ...options, getter: true });
  }
  setter(object: any, name: PropertyKey, implementation?: any, options?: any): any {
    return this.method(object, name, implementation, { ...options, setter: true });
  }
  property(object: any, name: PropertyKey, value?: unknown): any {
    const own = Object.getOwnPropertyDescriptor(object, name);
    Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: own?.enumerable ?? true });
    const context = { restore: () => { if (own === undefined) delete object[name]; else Object.defineProperty(object, name, own); } };
    this.#contexts.push(context);
    return { mock: context };
  }
  module(specifier: string, options: any = {}): any {
    const exported = options.namedExports ?? options.exports ?? {};
    mockModuleOfBun(specifier, () => ({ ...exported, ...("defaultExport" in options ? { default: options.defaultExport } : {}) }));
    const context = { restore: () => unmock(specifier) };
    this.#contexts.push(context);
    return context;
  }
  #accessor(object: any, name: PropertyKey, access: "get" | "set", implementation: Fn | undefined, options: any): any {
    let holder = object;
    while (holder !== null && Object.getOwnPropertyDescriptor(holder, name) === undefined) holder = Object.getPrototypeOf(holder);
    const descriptor: any = holder === null ? {} : Object.getOwnPropertyDescriptor(holder, name);
    const original = descriptor[access];
    if (typeof original !== "function") throw Object.assign(new TypeError(`The property ${String(name)} has no ${access}ter`), { code: "ERR_INVALID_ARG_VALUE" });
    const own = Object.getOwnPropertyDescriptor(object, name);
    const mock = wrap(original, implementation ?? original, options.times ?? Infinity, () => {
      if (own === undefined) delete object[name];
      else Object.defineProperty(object, name, own);
    });
    Object.defineProperty(object, name, { ...descriptor, [access]: mock, configurable: true });
    return this.#keep(mock);
  }
  #keep(mock: any): any {
    this.#contexts.push(mock.mock);
    return mock;
  }
  reset(): void {
    this.restoreAll();
    this.#contexts = [];
  }
  restoreAll(): void {
    for (const context of this.#contexts.slice().reverse()) context.restore();
    timers.reset();
  }
}

let timersOn = false;
const timers = {
  enable(options: { apis?: string[]; now?: number | Date } = {}): void {
    if (timersOn) throw Object.assign(new Error("MockTimers is already enabled!"), { code: "ERR_INVALID_STATE" });
    timersOn = true;
    const apis = options.apis ?? ["setTimeout", "setInterval", "setImmediate", "Date"];
    const toFake = apis.flatMap((name) => [name, name.replace(/^set/, "clear")]);
    clock.useFakeTimers({ now: options.now ?? 0, toFake });
  },
  reset(): void {
    if (!timersOn) return;
    timersOn = false;
    clock.useRealTimers();
  },
  tick(milliseconds = 1): void { clock.advanceTimersByTime(milliseconds); },
  runAll(): void { clock.runAllTimers(); },
  setTime(milliseconds: number): void { clock.setSystemTime(milliseconds); },
  [Symbol.dispose](): void { timers.reset(); },
};

export function createTracker(): any {
  return new MockTracker();
}
export const mockTracker: any = new MockTracker();
