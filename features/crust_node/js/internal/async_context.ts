// The current async context: one immutable map of storages. Timers, ticks, microtasks and resources capture it where
// they are made and restore it where they run; the engine itself carries nothing across an `await`.

export type Context = ReadonlyMap<object, unknown>;

const empty: Context = new Map();
let current: Context = empty;

export function getContext(): Context {
  return current;
}

/** Runs `fn` in `context` and returns to the caller's, also when it throws. */
export function runInContext<T>(context: Context, fn: (...args: any[]) => T, thisArg?: unknown, args: readonly unknown[] = []): T {
  const before = current;
  current = context;
  try {
    return Reflect.apply(fn, thisArg, args as any[]);
  } finally {
    current = before;
  }
}

/** Changes the context for the rest of the current turn. */
export function enterContext(context: Context): void {
  current = context;
}

/** `fn` bound to the context of now; the same function when there is none to keep. */
export function bindContext<F extends (...args: any[]) => any>(fn: F): F {
  if (current === empty || typeof fn !== "function") return fn;
  const context = current;
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

/**
 * `then` binds its reactions. An `await` of a native promise does not call `then`, so what follows it runs in the
 * context that is current when the promise settles; `conformance/node.md` says so.
 */
function installPromises(): void {
  const { then } = Promise.prototype;
  const wrapped = function (this: Promise<unknown>, onFulfilled?: any, onRejected?: any): Promise<unknown> {
    return Reflect.apply(then, this, [bindContext(onFulfilled), bindContext(onRejected)]);
  };
  Object.defineProperty(wrapped, "name", { value: "then" });
  Object.defineProperty(wrapped, "length", { value: 2 });
  Object.defineProperty(Promise.prototype, "then", { value: wrapped, writable: true, configurable: true, enumerable: false });
}
