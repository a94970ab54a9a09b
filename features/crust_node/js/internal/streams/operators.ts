// The iterator helpers of Readable: `map`, `filter`, `take`, … with bounded concurrency. Stage 1 in Node's own words.

import { AbortError, codes } from "crust:node/internal/errors";
import { validateAbortSignal, validateInteger, validateObject } from "crust:node/internal/validators";

interface MapOptions {
  concurrency?: number;
  highWaterMark?: number;
  signal?: AbortSignal;
}

function checkFunction(fn: unknown, name = "fn"): void {
  if (typeof fn !== "function") throw new codes.ERR_INVALID_ARG_TYPE!(name, "Function", fn);
}

function checkOptions(options: any): void {
  if (options != null) validateObject(options, "options");
  if (options?.signal != null) validateAbortSignal(options.signal, "options.signal");
}

function throwIfAborted(options?: MapOptions): void {
  if (options?.signal?.aborted) throw new AbortError(undefined, { cause: options.signal.reason });
}

/** Up to `concurrency` calls at a time; results keep the order of the chunks. */
function map(this: any, fn: any, options?: MapOptions): AsyncIterable<any> {
  checkFunction(fn);
  checkOptions(options);
  const concurrency = options?.concurrency != null ? Math.floor(options.concurrency) : 1;
  validateInteger(concurrency, "options.concurrency", 1);
  const highWaterMark = options?.highWaterMark != null ? Math.floor(options.highWaterMark) : concurrency - 1;
  validateInteger(highWaterMark, "options.highWaterMark", 0);
  return mapConcurrently(this, fn, concurrency, concurrency + highWaterMark, options);
}

async function* mapConcurrently(stream: any, fn: any, concurrency: number, capacity: number, options?: MapOptions): AsyncGenerator<any> {
  const aborter = new AbortController();
  const signal: AbortSignal = AbortSignal.any([options?.signal, aborter.signal].filter(Boolean) as AbortSignal[]);
  const queue: Promise<any>[] = [];
  let running = 0;
  let ended = false;
  let failure: any;
  let wakeConsumer = () => {};
  let wakeProducer = () => {};

  const produce = async () => {
    try {
      for await (const chunk of stream) {
        if (ended) return;
        throwIfAborted({ signal });
        running++;
        const result = Promise.resolve(fn(chunk, { signal })).finally(() => {
          running--;
          wakeProducer();
        });
        result.catch(() => {});
        queue.push(result);
        wakeConsumer();
        while (!ended && (queue.length >= capacity || running >= concurrency)) await new Promise<void>((resolve) => (wakeProducer = resolve));
      }
    } catch (error) {
      failure = error;
      queue.push(Promise.reject(error));
      queue.at(-1)!.catch(() => {});
    } finally {
      ended = true;
      wakeConsumer();
    }
  };
  const produced = produce();
  try {
    while (true) {
      while (queue.length > 0) {
        const value = await queue[0];
        throwIfAborted({ signal });
        if (value !== kSkip) yield value;
        queue.shift();
        wakeProducer();
      }
      if (ended && queue.length === 0) return;
      await new Promise<void>((resolve) => (wakeConsumer = resolve));
    }
  } finally {
    ended = true;
    aborter.abort();
    wakeProducer();
    if (!failure) void produced;
  }
}

const kSkip = Symbol("skip");

function filter(this: any, fn: any, options?: MapOptions): AsyncIterable<any> {
  checkFunction(fn);
  return map.call(this, async (chunk: any, context: any) => ((await fn(chunk, context)) ? chunk : kSkip), options);
}

function flatMap(this: any, fn: any, options?: MapOptions): AsyncIterable<any> {
  const values = map.call(this, fn, options);
  return (async function* () {
    for await (const value of values) yield* value;
  })();
}

function toCount(value: any): number {
  const number = Number(value);
  if (Number.isNaN(number)) return 0;
  if (number < 0) throw new codes.ERR_OUT_OF_RANGE!("number", ">= 0", number);
  return number;
}

function drop(this: any, number: any, options?: MapOptions): AsyncIterable<any> {
  checkOptions(options);
  let left = toCount(number);
  const stream = this;
  return (async function* () {
    throwIfAborted(options);
    for await (const value of stream) {
      throwIfAborted(options);
      if (left-- <= 0) yield value;
    }
  })();
}

function take(this: any, number: any, options?: MapOptions): AsyncIterable<any> {
  checkOptions(options);
  let left = toCount(number);
  const stream = this;
  return (async function* () {
    throwIfAborted(options);
    if (left <= 0) return;
    for await (const value of stream) {
      throwIfAborted(options);
      if (left-- > 0) yield value;
      if (left <= 0) return;
    }
  })();
}

async function some(this: any, fn: any, options?: MapOptions): Promise<boolean> {
  for await (const _ of filter.call(this, fn, options)) return true;
  return false;
}

async function every(this: any, fn: any, options?: MapOptions): Promise<boolean> {
  checkFunction(fn);
  return !(await some.call(this, async (...args: any[]) => !(await fn(...args)), options));
}

async function find(this: any, fn: any, options?: MapOptions): Promise<any> {
  for await (const value of filter.call(this, fn, options)) return value;
  return undefined;
}

async function forEach(this: any, fn: any, options?: MapOptions): Promise<void> {
  checkFunction(fn);
  const run = async (value: any, context: any) => {
    await fn(value, context);
    return kSkip;
  };
  for await (const _ of map.call(this, run, options));
}

async function toArray(this: any, options?: MapOptions): Promise<any[]> {
  checkOptions(options);
  const out: any[] = [];
  for await (const value of this) {
    throwIfAborted(options);
    out.push(value);
  }
  return out;
}

async function reduce(this: any, reducer: any, initial?: any, options?: MapOptions): Promise<any> {
  checkFunction(reducer, "reducer");
  checkOptions(options);
  let hasValue = arguments.length > 1;
  throwIfAborted(options);
  let value = initial;
  for await (const chunk of this) {
    throwIfAborted(options);
    if (!hasValue) {
      value = chunk;
      hasValue = true;
    } else value = await reducer(value, chunk, { signal: options?.signal });
  }
  if (!hasValue) {
    const error: any = new TypeError("Reduce of an empty stream requires an initial value");
    error.code = "ERR_MISSING_ARGS";
    throw error;
  }
  return value;
}

function compose(this: any, stream: any, options?: MapOptions): any {
  checkOptions(options);
  const { compose: join } = require("crust:node/internal/streams/compose");
  const joined = join(this, stream);
  if (options?.signal) require("crust:node/internal/streams/add_abort_signal").addAbortSignalNoValidate(options.signal, joined);
  return joined;
}

export const operators = { map, filter, flatMap, drop, take, some, every, find, forEach, toArray, reduce, compose };
