// `node:async_hooks`: AsyncLocalStorage and AsyncResource. Hooks into the engine's promises do not exist here.

import { enterContext, getContext, installPropagation, runInContext, type Context } from "crust:node/internal/async_context";
import { codes, notImplemented } from "crust:node/internal/errors";
import { validateFunction, validateString } from "crust:node/internal/validators";

export class AsyncLocalStorage<T = any> {
  #defaultValue: T | undefined;
  readonly name: string;

  constructor(options?: { defaultValue?: T; name?: string }) {
    installPropagation();
    this.#defaultValue = options?.defaultValue;
    if (options?.name !== undefined) validateString(options.name, "options.name");
    this.name = options?.name ?? "";
  }

  static bind<F extends (...args: any[]) => any>(fn: F): F {
    validateFunction(fn, "fn");
    const context = getContext();
    return function (this: unknown, ...args: any[]) {
      return runInContext(context, fn, this, args);
    } as F;
  }

  static snapshot(): (fn: (...args: any[]) => any, ...args: any[]) => any {
    const context = getContext();
    return (fn, ...args) => runInContext(context, fn, undefined, args);
  }

  #with(store: T): Context {
    return new Map(getContext()).set(this, store);
  }

  getStore(): T | undefined {
    const context = getContext();
    return context.has(this) ? (context.get(this) as T) : this.#defaultValue;
  }

  run<R>(store: T, callback: (...args: any[]) => R, ...args: any[]): R {
    return runInContext(this.#with(store), callback, undefined, args);
  }

  exit<R>(callback: (...args: any[]) => R, ...args: any[]): R {
    const context = new Map(getContext());
    context.delete(this);
    return runInContext(context, callback, undefined, args);
  }

  enterWith(store: T): void {
    enterContext(this.#with(store));
  }

  disable(): void {
    const context = new Map(getContext());
    context.delete(this);
    enterContext(context);
  }
}

let lastAsyncId = 1;

export class AsyncResource {
  #context: Context;
  #asyncId: number;
  #triggerAsyncId: number;

  constructor(type: string, options: number | { triggerAsyncId?: number; requireManualDestroy?: boolean } = {}) {
    validateString(type, "type");
    const trigger = typeof options === "number" ? options : options?.triggerAsyncId;
    if (trigger !== undefined && (!Number.isSafeInteger(trigger) || trigger < -1)) throw new codes.ERR_INVALID_ASYNC_ID!("triggerAsyncId", trigger);
    this.#context = getContext();
    this.#asyncId = ++lastAsyncId;
    this.#triggerAsyncId = trigger ?? 1;
  }

  static bind<F extends (...args: any[]) => any>(fn: F, type?: string, thisArg?: unknown): F {
    validateFunction(fn, "fn");
    return new AsyncResource(type || fn.name || "bound-anonymous-fn").bind(fn, thisArg);
  }

  runInAsyncScope<R>(fn: (...args: any[]) => R, thisArg?: unknown, ...args: any[]): R {
    return runInContext(this.#context, fn, thisArg, args);
  }

  bind<F extends (...args: any[]) => any>(fn: F, thisArg?: unknown): F {
    validateFunction(fn, "fn");
    const resource = this;
    const bound = function (this: unknown, ...args: any[]) {
      return resource.runInAsyncScope(fn, thisArg === undefined ? this : thisArg, ...args);
    };
    Object.defineProperty(bound, "length", { value: fn.length, configurable: true });
    return bound as unknown as F;
  }

  emitDestroy(): this {
    return this;
  }
  asyncId(): number {
    return this.#asyncId;
  }
  triggerAsyncId(): number {
    return this.#triggerAsyncId;
  }
}

/** Hooks would never fire: saying so beats silence. */
export function createHook(_callbacks: object): never {
  return notImplemented("async_hooks.createHook");
}
/** 1 is the id of the top level; the engine numbers nothing deeper. */
export const executionAsyncId = (): number => 1;
export const triggerAsyncId = (): number => 0;
const topLevel = Object.create(null);
export const executionAsyncResource = (): object => topLevel;
export const asyncWrapProviders = Object.freeze(Object.create(null));

export default { AsyncLocalStorage, createHook, executionAsyncId, triggerAsyncId, executionAsyncResource, asyncWrapProviders, AsyncResource };
