// The current async context: one immutable map of storages. Timers, ticks, microtasks and resources capture it where
// they are made and restore it where they run; emitted functions keep it across `await` (`crust:core/async_context`).

import { beginContexts, getContext as currentContext, setContext, swapContext } from "crust:core/async_context";

export type Context = ReadonlyMap<object, unknown>;

const empty: Context = new Map();

export function getContext(): Context {
  return currentContext() ?? empty;
}

/** Runs `fn` in `context` and returns to the caller's, also when it throws. */
export function runInContext<T>(context: Context, fn: (...args: any[]) => T, thisArg?: unknown, args: readonly unknown[] = []): T {
  const before = swapContext(context);
  try {
    return Reflect.apply(fn, thisArg, args as any[]);
  } finally {
    swapContext(before);
  }
}

/** Changes the context for the rest of the current turn. */
export function enterContext(context: Context): void {
  setContext(context);
}

/** `fn` bound to the context of now; the same function when there is none to keep. */
export function bindContext<F extends (...args: any[]) => any>(fn: F): F {
  if (getContext() === empty || typeof fn !== "function") return fn;
  const context = getContext();
  return function (this: unknown, ...args: any[]) {
    return runInContext(context, fn, this, args);
  } as F;
}

let installed = false;

/**
 * Makes the ways of scheduling keep the context. Happens when the first storage is made, so that programs
 * without one pay nothing.
 */
export function installPropagation(): void {
  if (installed) return;
  installed = true;
  const g = globalThis as any;
  const { nextTick } = process;
  beginContexts(empty, (reset) => Reflect.apply(nextTick, process, [reset]));
  for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"]) wrapFirstArgument(g, name);
  wrapFirstArgument(process as any, "nextTick");
  installPromises();
}

function wrapFirstArgument(holder: any, name: string): void {
  const original = holder[name];
  if (typeof original !== "function") return;
  const wrapped = function (this: unknown, callback: any, ...rest: any[]): any {
    return Reflect.apply(original, this, [bindContext(callback), ...rest]);
  };
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  Object.defineProperty(holder, name, { value: wrapped, writable: true, configurable: true, enumerable: descriptor?.enumerable ?? true });
}

/** `then` binds its reactions; an `await` of a native promise does not call it. */
function installPromises(): void {
  const { then } = Promise.prototype;
  const wrapped = function (this: Promise<unknown>, onFulfilled?: any, onRejected?: any): Promise<unknown> {
    return Reflect.apply(then, this, [bindContext(onFulfilled), bindContext(onRejected)]);
  };
  Object.defineProperty(wrapped, "name", { value: "then" });
  Object.defineProperty(wrapped, "length", { value: 2 });
  Object.defineProperty(Promise.prototype, "then", { value: wrapped, writable: true, configurable: true, enumerable: false });
}
