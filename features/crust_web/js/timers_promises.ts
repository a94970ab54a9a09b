// The promise forms of the timers: what node:timers/promises exports.
// It never keeps a timer of its own kind; all are those of timers.ts.

import { addAbortAlgorithm, isAbortSignal } from "crust:web/abort";
import type { AbortSignal } from "crust:web/abort";
import * as timers from "crust:web/timers";
import { codedTypeError, describe, isObject } from "crust:web/webidl";

export interface TimerOptions {
  signal?: AbortSignal;
  ref?: boolean;
}

function abortError(signal: AbortSignal): Error {
  const error = new Error("The operation was aborted", { cause: signal.reason });
  error.name = "AbortError";
  Object.defineProperty(error, "code", { value: "ABORT_ERR", writable: true, enumerable: true, configurable: true });
  return error;
}

function checkOptions(options: TimerOptions | undefined): TimerOptions {
  if (options === undefined) {
    return {};
  }
  if (!isObject(options)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "options" argument must be of type object. Received ${describe(options)}`);
  }
  if (options.signal !== undefined && !isAbortSignal(options.signal)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "options.signal" property must be an instance of AbortSignal. Received ${describe(options.signal)}`);
  }
  if (options.ref !== undefined && typeof options.ref !== "boolean") {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "options.ref" property must be of type boolean. Received ${describe(options.ref)}`);
  }
  return options;
}

interface Handle {
  unref(): unknown;
}

function promised<T>(options: TimerOptions | undefined, start: (done: () => void) => Handle, stop: (handle: Handle) => void, value: T): Promise<T> {
  let checked: TimerOptions;
  try {
    checked = checkOptions(options);
  } catch (error) {
    return Promise.reject(error);
  }
  const signal = checked.signal;
  if (signal?.aborted) {
    return Promise.reject(abortError(signal));
  }
  return new Promise((resolve, reject) => {
    let removeAlgorithm: (() => void) | undefined;
    const handle = start(() => {
      removeAlgorithm?.();
      resolve(value);
    });
    if (checked.ref === false) {
      handle.unref();
    }
    if (signal !== undefined) {
      removeAlgorithm = addAbortAlgorithm(signal, () => {
        stop(handle);
        reject(abortError(signal));
      });
    }
  });
}

export function setTimeout<T = undefined>(duration?: number, value?: T, options?: TimerOptions): Promise<T> {
  return promised(options, (done) => timers.setTimeout(done, duration), timers.clearTimeout, value as T);
}

export function setImmediate<T = undefined>(value?: T, options?: TimerOptions): Promise<T> {
  return promised(options, (done) => timers.setImmediate(done), timers.clearImmediate, value as T);
}

export async function* setInterval<T = undefined>(duration?: number, value?: T, options?: TimerOptions): AsyncGenerator<T> {
  const { signal, ref } = checkOptions(options);
  if (signal?.aborted) {
    throw abortError(signal);
  }
  let due = 0;
  let wake: (() => void) | undefined;
  const interval = timers.setInterval(() => {
    due++;
    wake?.();
  }, duration);
  if (ref === false) {
    interval.unref();
  }
  const removeAlgorithm = signal === undefined ? undefined : addAbortAlgorithm(signal, () => wake?.());
  try {
    while (!signal?.aborted) {
      if (due === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      for (; due > 0 && !signal?.aborted; due--) {
        yield value as T;
      }
    }
    throw abortError(signal);
  } finally {
    timers.clearInterval(interval);
    removeAlgorithm?.();
  }
}

/** The `scheduler` object of node:timers/promises. */
export const scheduler = {
  wait(duration: number, options?: TimerOptions): Promise<undefined> {
    return setTimeout(duration, undefined, options);
  },
  yield(): Promise<undefined> {
    return setImmediate(undefined);
  },
};


export default { setTimeout, setImmediate, setInterval, scheduler };
