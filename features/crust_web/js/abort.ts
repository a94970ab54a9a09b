// AbortController and AbortSignal of the DOM standard.
// Abort algorithms run before listeners; nothing here knows what is being aborted.

import { DOMException } from "crust:web/dom_exception";
import { defineEventHandler, dispatchTrusted, Event, EventTarget } from "crust:web/events";
import { codedTypeError, defineInterface, defineLengths, describe, isObject } from "crust:web/webidl";

const CREATE = Symbol("create AbortSignal");
const NOT_ABORTED = Symbol("not aborted");

let signalAbort: (signal: AbortSignal, reason: unknown) => void;
let makeDependent: (signals: AbortSignal[]) => AbortSignal;
let addAlgorithm: (signal: AbortSignal, algorithm: () => void) => () => void;
let release: (signal: AbortSignal) => void;
let isSignal: (value: object) => boolean;

/** What a signal is aborted with when nobody gave a reason. */
export function defaultAbortReason(): DOMException {
  return new DOMException("The operation was aborted.", "AbortError");
}

export class AbortSignal extends EventTarget {
  #reason: unknown = NOT_ABORTED;
  #algorithms: Set<() => void> | null = null;
  // Signals this one depends on, always sources that depend on nothing themselves.
  #sources: AbortSignal[] | null = null;
  #dependents: Set<AbortSignal> | null = null;

  static {
    isSignal = (value) => #reason in value;
    release = (signal) => signal.#release();
    addAlgorithm = (signal, algorithm) => {
      signal.#algorithms ??= new Set();
      signal.#algorithms.add(algorithm);
      return () => signal.#algorithms?.delete(algorithm);
    };
    makeDependent = (signals) => {
      const result = new AbortSignal(CREATE);
      for (const signal of signals) {
        if (signal.aborted) {
          result.#reason = signal.#reason;
          return result;
        }
      }
      const sources = new Set<AbortSignal>();
      for (const signal of signals) {
        for (const source of signal.#sources ?? [signal]) {
          sources.add(source);
        }
      }
      result.#sources = [...sources];
      for (const source of sources) {
        source.#dependents ??= new Set();
        source.#dependents.add(result);
      }
      return result;
    };
    signalAbort = (signal, reason) => {
      if (signal.#reason !== NOT_ABORTED) {
        return;
      }
      signal.#reason = reason === undefined ? defaultAbortReason() : reason;
      const aborted = [signal];
      for (const dependent of signal.#dependents ?? []) {
        if (dependent.#reason === NOT_ABORTED) {
          dependent.#reason = signal.#reason;
          aborted.push(dependent);
        }
      }
      for (const each of aborted) {
        each.#release();
        each.#runAbortSteps();
      }
    };
  }

  constructor(token?: symbol) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    super();
  }

  #runAbortSteps(): void {
    const algorithms = this.#algorithms;
    this.#algorithms = null;
    for (const algorithm of algorithms ?? []) {
      algorithm();
    }
    dispatchTrusted(this, new Event("abort"));
  }

  #release(): void {
    for (const source of this.#sources ?? []) {
      source.#dependents?.delete(this);
    }
    this.#sources = null;
    this.#dependents = null;
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal(CREATE);
    signal.#reason = reason === undefined ? defaultAbortReason() : reason;
    return signal;
  }

  static timeout(milliseconds: number): AbortSignal {
    const duration = Number(milliseconds);
    if (!(duration >= 0 && duration <= Number.MAX_SAFE_INTEGER)) {
      throw codedTypeError("ERR_OUT_OF_RANGE", `AbortSignal.timeout needs a number of milliseconds from 0 to 2^53-1. Received ${describe(milliseconds)}`);
    }
    const signal = new AbortSignal(CREATE);
    const { startTimeout } = require("crust:web/timers") as typeof import("crust:web/timers");
    // 2^31-1 ms is the longest timer there is; a longer time-out never comes in practice.
    startTimeout(Math.min(Math.trunc(duration), 0x7fffffff), () => {
      signalAbort(signal, new DOMException("The operation timed out.", "TimeoutError"));
    }).unref();
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    if (!isObject(signals) || typeof signals[Symbol.iterator] !== "function") {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "signals" argument must be an instance of Array. Received ${describe(signals)}`);
    }
    const list = [...signals];
    for (const signal of list) {
      if (!isObject(signal) || !isSignal(signal)) {
        throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "signals" argument must hold AbortSignals only. Received ${describe(signal)}`);
      }
    }
    return makeDependent(list);
  }

  get aborted(): boolean {
    return this.#reason !== NOT_ABORTED;
  }

  get reason(): unknown {
    return this.#reason === NOT_ABORTED ? undefined : this.#reason;
  }

  throwIfAborted(): void {
    if (this.#reason !== NOT_ABORTED) {
      throw this.#reason;
    }
  }
}

export interface AbortSignal {
  onabort: ((this: AbortSignal, event: Event) => unknown) | null;
}
defineInterface(AbortSignal, "AbortSignal");
defineLengths(AbortSignal, { constructor: 0, "static abort": 0 });
defineEventHandler(AbortSignal.prototype, "abort");

export class AbortController {
  #signal: AbortSignal | null = null;

  get signal(): AbortSignal {
    // Made when first read: many controllers exist only to be passed on.
    return (this.#signal ??= new AbortSignal(CREATE));
  }

  abort(reason?: unknown): void {
    signalAbort(this.signal, reason);
  }
}

defineInterface(AbortController, "AbortController");
defineLengths(AbortController, { abort: 0 });

/** True for an AbortSignal made here. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  return isObject(value) && isSignal(value);
}

/** Aborts a signal from inside the platform. */
export function abortSignal(signal: AbortSignal, reason?: unknown): void {
  signalAbort(signal, reason);
}

/** A fresh signal without a controller; abort it with `abortSignal`. */
export function createSignal(): AbortSignal {
  return new AbortSignal(CREATE);
}

/** A signal that follows the given ones (Fetch: "create a dependent abort signal"). */
export function dependentSignal(signals: AbortSignal[]): AbortSignal {
  return makeDependent(signals);
}

/** Adds an abort algorithm; the returned function removes it. The signal must not be aborted yet. */
export function addAbortAlgorithm(signal: AbortSignal, algorithm: () => void): () => void {
  return addAlgorithm(signal, algorithm);
}

/** Makes a dependent signal that no program can reach stop following its sources, which would keep it alive. */
export function releaseSignal(signal: AbortSignal): void {
  release(signal);
}
