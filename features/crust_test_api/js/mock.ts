// Mock functions and spies. Every one is known, so that all can be cleared, reset and restored at once.

import { run } from "crust:test_api/state";

type Fn = (...args: any[]) => any;

interface Recorded {
  calls: unknown[][];
  results: Array<{ type: "return" | "throw" | "incomplete"; value: unknown }>;
  instances: unknown[];
  contexts: unknown[];
  invocationCallOrder: number[];
  settledResults: Array<{ type: "fulfilled" | "rejected" | "incomplete"; value: unknown }>;
  lastCall: unknown[] | undefined;
}

interface Control {
  state: Recorded;
  name: string;
  implementation: Fn | undefined;
  /** What a reset goes back to: nothing for `fn()`, the original for a spy. */
  original: Fn | undefined;
  once: Fn[];
  restore: (() => void) | undefined;
  view: object;
}

const controls = new WeakMap<Function, Control>();
/** Mocks of the current file; those of a file before are nobody's. */
let known = new Set<Function>();
let order = 0;

function emptyState(): Recorded {
  return {
    calls: [], results: [], instances: [], contexts: [], invocationCallOrder: [], settledResults: [],
    get lastCall() { return this.calls.at(-1); },
    set lastCall(_value) {},
  };
}

export function isMock(value: unknown): value is any {
  return typeof value === "function" && controls.has(value);
}

function invoke(control: Control, self: unknown, args: unknown[], target: Function | undefined): unknown {
  const { state } = control;
  const index = state.calls.push(args) - 1;
  state.contexts.push(self);
  state.instances.push(self);
  state.invocationCallOrder.push(++order);
  const result: { type: any; value: unknown } = { type: "incomplete", value: undefined };
  const settled: { type: any; value: unknown } = { type: "incomplete", value: undefined };
  state.results.push(result);
  state.settledResults.push(settled);
  try {
    const implementation = control.once.shift() ?? control.implementation;
    let value: unknown;
    if (implementation !== undefined) {
      const isClass = target !== undefined && isConstructor(implementation);
      value = isClass ? Reflect.construct(implementation, args, implementation === control.original ? target : implementation) : implementation.apply(self, args);
      if (isClass) {
        state.instances[index] = value;
        state.contexts[index] = value;
      }
    }
    result.type = "return";
    result.value = value;
    watchSettling(value, settled);
    return value;
  } catch (error) {
    result.type = "throw";
    result.value = error;
    settled.type = "rejected";
    settled.value = error;
    throw error;
  }
}

function watchSettling(value: any, settled: { type: string; value: unknown }): void {
  if (value === null || typeof value !== "object" || typeof value.then !== "function" || !(value instanceof Promise)) {
    settled.type = "fulfilled";
    settled.value = value;
    return;
  }
  value.then((result) => {
    settled.type = "fulfilled";
    settled.value = result;
  }, (error) => {
    settled.type = "rejected";
    settled.value = error;
  });
}

function isConstructor(fn: Function): boolean {
  return typeof fn === "function" && /^class\b/.test(Function.prototype.toString.call(fn));
}

const methods: Record<string, (this: any, ...args: any[]) => any> = {
  getMockName() { return control(this).name || "jest.fn()"; },
  mockName(name: string) { control(this).name = name; return this; },
  getMockImplementation() { return control(this).once[0] ?? control(this).implementation; },
  mockImplementation(fn: Fn) { control(this).implementation = fn; return this; },
  mockImplementationOnce(fn: Fn) { control(this).once.push(fn); return this; },
  mockReturnThis() { return this.mockImplementation(function (this: unknown) { return this; }); },
  mockReturnValue(value: unknown) { return this.mockImplementation(() => value); },
  mockReturnValueOnce(value: unknown) { return this.mockImplementationOnce(() => value); },
  mockResolvedValue(value: unknown) { return this.mockImplementation(() => Promise.resolve(value)); },
  mockResolvedValueOnce(value: unknown) { return this.mockImplementationOnce(() => Promise.resolve(value)); },
  mockRejectedValue(error: unknown) { return this.mockImplementation(() => Promise.reject(error)); },
  mockRejectedValueOnce(error: unknown) { return this.mockImplementationOnce(() => Promise.reject(error)); },
  mockThrow(error: unknown) { return this.mockImplementation(() => { throw error; }); },
  mockThrowOnce(error: unknown) { return this.mockImplementationOnce(() => { throw error; }); },
  mockClear() {
    Object.assign(control(this), { state: emptyState() });
    return this;
  },
  mockReset() {
    const own = control(this);
    own.state = emptyState();
    own.once = [];
    own.implementation = own.original;
    return this;
  },
  mockRestore() {
    const own = control(this);
    own.state = emptyState();
    own.once = [];
    own.implementation = own.original;
    own.restore?.();
    return this;
  },
  withImplementation(fn: Fn, callback: () => unknown) {
    const own = control(this);
    const before = { implementation: own.implementation, once: own.once };
    own.implementation = fn;
    own.once = [];
    const back = (): void => { Object.assign(own, before); };
    let result: any;
    try {
      result = callback();
    } catch (error) {
      back();
      throw error;
    }
    if (result !== null && typeof result === "object" && typeof result.then === "function") return result.then(back, (error: unknown) => { back(); throw error; });
    back();
    return undefined;
  },
};

function control(mock: Function): Control {
  const found = controls.get(mock);
  if (found === undefined) throw new TypeError("This is a method of mock functions, and its receiver is none");
  return found;
}

const prototype = Object.create(Function.prototype);
for (const [name, method] of Object.entries(methods)) {
  Object.defineProperty(prototype, name, { value: method, writable: true, configurable: true });
}
Object.defineProperty(prototype, "mock", {
  get(this: Function) { return controls.get(this)?.state; },
  configurable: true,
});
Object.defineProperty(prototype, "_isMockFunction", { value: true, configurable: true });
Object.defineProperty(prototype, Symbol.dispose, { value(this: any) { this.mockRestore(); }, configurable: true, writable: true });

function makeMock(implementation: Fn | undefined, original: Fn | undefined, name: string, length: number): any {
  const own: Control = { state: emptyState(), name: "", implementation, original, once: [], restore: undefined, view: {} };
  const mock = function (this: unknown, ...args: unknown[]): unknown {
    return invoke(own, this, args, new.target);
  };
  Object.setPrototypeOf(mock, prototype);
  Object.defineProperty(mock, "name", { value: name, configurable: true });
  Object.defineProperty(mock, "length", { value: length, configurable: true });
  controls.set(mock, own);
  known.add(mock);
  return mock;
}

/** `jest.fn(implementation)`, `vi.fn`, `mock`. */
export function fn(implementation?: Fn): any {
  if (implementation !== undefined && typeof implementation !== "function") throw new TypeError("fn() takes a function, or nothing");
  const mock = makeMock(implementation, undefined, implementation?.name || "mockConstructor", implementation?.length ?? 0);
  if (implementation?.prototype !== undefined && isConstructor(implementation)) mock.prototype = implementation.prototype;
  return mock;
}

function descriptorOf(object: any, key: PropertyKey): { holder: object; descriptor: PropertyDescriptor } | undefined {
  for (let holder = object; holder !== null && holder !== undefined; holder = Object.getPrototypeOf(holder)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    if (descriptor !== undefined) return { holder, descriptor };
  }
  return undefined;
}

/** `spyOn(object, method)`, `spyOn(object, property, "get" | "set")`. */
export function spyOn(object: any, key: PropertyKey, access?: "get" | "set"): any {
  if (object === null || (typeof object !== "object" && typeof object !== "function")) {
    throw new TypeError(`Cannot use spyOn on a primitive value; ${object === null ? "null" : typeof object} given`);
  }
  const found = descriptorOf(object, key);
  if (found === undefined) throw new TypeError(`Property \`${String(key)}\` does not exist in the provided object`);
  if (access !== undefined) return spyAccessor(object, key, access, found);
  const original = object[key];
  if (isMock(original)) return original;
  const { descriptor } = found;
  const own = Object.getOwnPropertyDescriptor(object, key);
  if (own !== undefined && !own.configurable && own.writable === false) {
    throw new TypeError(`Cannot spy the \`${String(key)}\` property because it is read-only: exports of ES modules cannot be replaced, mock the module instead`);
  }
  if (typeof original !== "function") return spyValue(object, key, own, original);
  const spy = makeMock(original, original, original.name, original.length);
  if (original.prototype !== undefined) spy.prototype = original.prototype;
  for (const name of Reflect.ownKeys(original)) {
    if (name === "length" || name === "name" || name === "prototype" || name === "arguments" || name === "caller") continue;
    Object.defineProperty(spy, name, Object.getOwnPropertyDescriptor(original, name)!);
  }
  replace(object, key, own, descriptor, spy);
  control(spy).restore = () => restore(object, key, own);
  return spy;
}

function replace(object: any, key: PropertyKey, own: PropertyDescriptor | undefined, descriptor: PropertyDescriptor, value: unknown): void {
  if (own !== undefined && !own.configurable) object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: descriptor.enumerable ?? true });
}

function restore(object: any, key: PropertyKey, own: PropertyDescriptor | undefined): void {
  if (own === undefined) delete object[key];
  else if (own.configurable) Object.defineProperty(object, key, own);
  else object[key] = own.value;
}

/** A property that is no function: reads of it are recorded. */
function spyValue(object: any, key: PropertyKey, own: PropertyDescriptor | undefined, original: unknown): any {
  if (own !== undefined && !own.configurable) throw new TypeError(`Cannot spy the \`${String(key)}\` property because it is not a function; ${typeof original} given`);
  let value = original;
  const spy = makeMock(() => value, () => value, String(key), 0);
  Object.defineProperty(object, key, { get: () => spy(), set(next) { value = next; }, configurable: true, enumerable: own?.enumerable ?? true });
  control(spy).restore = () => restore(object, key, own);
  return spy;
}

function spyAccessor(object: any, key: PropertyKey, access: "get" | "set", found: { descriptor: PropertyDescriptor }): any {
  const { descriptor } = found;
  const own = Object.getOwnPropertyDescriptor(object, key);
  const original = descriptor[access];
  if (original === undefined) throw new TypeError(`Property \`${String(key)}\` does not have access type ${access}`);
  if (isMock(original)) return original;
  if (own !== undefined && !own.configurable) throw new TypeError(`Property \`${String(key)}\` is not declared configurable`);
  const spy = makeMock(original, original, original.name, original.length);
  Object.defineProperty(object, key, { ...descriptor, [access]: spy, configurable: true });
  control(spy).restore = () => restore(object, key, own);
  return spy;
}

/** `jest.replaceProperty(object, key, value)`. */
export function replaceProperty(object: any, key: PropertyKey, value: unknown): any {
  const found = descriptorOf(object, key);
  if (found === undefined) throw new TypeError(`Property \`${String(key)}\` does not exist in the provided object`);
  if (typeof object[key] === "function") throw new TypeError(`Cannot replace the \`${String(key)}\` property because it is a function. Use spyOn(object, '${String(key)}') instead.`);
  const own = Object.getOwnPropertyDescriptor(object, key);
  const replaced = {
    replaceValue(next: unknown) {
      replace(object, key, own, found.descriptor, next);
      return replaced;
    },
    restore() {
      replacements.delete(replaced.restore);
      restore(object, key, own);
    },
  };
  replacements.add(replaced.restore);
  return replaced.replaceValue(value);
}
const replacements = new Set<() => void>();

export function clearAllMocks(): void {
  for (const mock of known) methods.mockClear!.call(mock);
}
export function resetAllMocks(): void {
  for (const mock of known) methods.mockReset!.call(mock);
}
/** Spies go; mock functions stay as they are, as in Jest 30, Vitest 3 and Bun. */
export function restoreAllMocks(): void {
  for (const mock of [...known].reverse()) {
    const own = control(mock);
    if (own.restore !== undefined) methods.mockRestore!.call(mock);
  }
  for (const back of [...replacements].reverse()) back();
}

/** Between files: spies are undone, and what the file made is forgotten. */
run.forget.push(() => {
  restoreAllMocks();
  known = new Set();
  order = 0;
});

// --- automatic mocks

/** The same shape with every function a mock: `createMockFromModule`, `jest.mock` without a factory. */
export function automock(value: unknown, seen = new Map<unknown, unknown>()): any {
  if (seen.has(value)) return seen.get(value);
  if (typeof value === "function") return automockFunction(value, seen);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return [];
  const tag = Object.prototype.toString.call(value);
  if (tag !== "[object Object]" && tag !== "[object Module]") return value;
  const copy: any = {};
  seen.set(value, copy);
  copyMembers(value, copy, seen);
  return copy;
}

function automockFunction(original: any, seen: Map<unknown, unknown>): any {
  const mock = makeMock(undefined, undefined, original.name, original.length);
  seen.set(original, mock);
  if (original.prototype !== undefined && original.prototype !== null) {
    const proto: any = mock.prototype;
    for (let at = original.prototype; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) copyMembers(at, proto, seen);
  }
  for (let at = original; at !== null && at !== Function.prototype; at = Object.getPrototypeOf(at)) copyMembers(at, mock, seen);
  return mock;
}

function copyMembers(from: any, to: any, seen: Map<unknown, unknown>): void {
  for (const key of Reflect.ownKeys(from)) {
    if (key === "constructor" || key === "length" || key === "name" || key === "prototype" || key === "arguments" || key === "caller" || key === "__esModule" || Object.hasOwn(to, key)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(from, key)!;
    if (key === Symbol.toStringTag) continue;
    let value: unknown;
    try {
      value = "value" in descriptor ? descriptor.value : from[key];
    } catch {
      // A getter that needs an instance has no value to copy.
      continue;
    }
    Object.defineProperty(to, key, { value: automock(value, seen), writable: true, enumerable: descriptor.enumerable ?? false, configurable: true });
  }
  if (Object.hasOwn(from, "__esModule")) Object.defineProperty(to, "__esModule", { value: true, configurable: true });
}
