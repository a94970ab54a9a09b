// `stream.pipeline`: joins streams, iterables and generator functions, and destroys all when one fails.

import { AbortError, aggregateTwoErrors, codes } from "crust:node/internal/errors";
import { destroyer } from "crust:node/internal/streams/destroy";
import { Duplex, PassThrough } from "crust:node/internal/streams/duplex";
import { eos } from "crust:node/internal/streams/end_of_stream";
import {
  isIterable, isNodeStream, isReadable, isReadableFinished, isReadableNodeStream, isReadableStream, isTransformStream, isWebStream,
} from "crust:node/internal/streams/inspect_state";
import { Readable } from "crust:node/internal/streams/readable";
import { validateAbortSignal, validateFunction } from "crust:node/internal/validators";

type Callback = (error?: any, value?: any) => void;

function once(callback: any): any {
  let called = false;
  return (...args: any[]) => {
    if (called) return;
    called = true;
    callback(...args);
  };
}

/** Watches one stream and destroys it when the pipeline fails before it is done. */
function guard(stream: any, reading: boolean, writing: boolean): { destroy(error: any): void; cleanup(): void } {
  let finished = false;
  stream.on("close", () => {
    finished = true;
  });
  const cleanup = eos(stream, { readable: reading, writable: writing }, (error: any) => {
    finished = !error;
  });
  return {
    destroy(error) {
      if (finished) return;
      finished = true;
      destroyer(stream, error || new codes.ERR_STREAM_DESTROYED!("pipe"));
    },
    cleanup,
  };
}

/** `pipeline(a, b, …, callback)`. */
export function pipeline(...streams: any[]): any {
  const callback = streams.pop();
  validateFunction(callback, "streams[stream.length - 1]");
  return pipelineImpl(streams, once(callback));
}

export function pipelineImpl(streams: any[], callback: Callback, options?: { signal?: AbortSignal; end?: boolean }): any {
  if (streams.length === 1 && Array.isArray(streams[0])) streams = streams[0];
  if (streams.length < 2) throw new codes.ERR_MISSING_ARGS!("streams");

  const aborter = new AbortController();
  const { signal } = aborter;
  const outer = options?.signal;
  const onLast: Callback[] = [];
  validateAbortSignal(outer, "options.signal");
  let disposable: any;
  const abort = () => finish(new AbortError(undefined, { cause: outer?.reason }));
  if (outer) disposable = require("node:events").addAbortListener(outer, abort);

  let failure: any;
  let value: any;
  let pending = 0;
  const guards: { destroy(error: any): void }[] = [];
  const lastCleanups: (() => void)[] = [];

  const finishOne = (error?: any) => finish(error, --pending === 0);
  function finish(error: any, final = false): void {
    if (error && (!failure || failure.code === "ERR_STREAM_PREMATURE_CLOSE")) failure = error;
    if (!failure && !final) return;
    while (guards.length > 0) guards.shift()!.destroy(failure);
    disposable?.[Symbol.dispose]();
    aborter.abort();
    if (final) {
      if (!failure) for (const cleanup of lastCleanups) cleanup();
      for (const run of onLast) run();
      process.nextTick(callback, failure, value);
    }
  }

  let result: any;
  for (let i = 0; i < streams.length; i++) {
    const stream = streams[i];
    const isLast = i === streams.length - 1;
    const reading = !isLast;
    const writing = i > 0;
    const end = reading || options?.end !== false;
    if (isNodeStream(stream)) {
      if (end) {
        const { destroy, cleanup } = guard(stream, reading, writing);
        guards.push({ destroy });
        if (isReadable(stream) && isLast) lastCleanups.push(cleanup);
      }
      // Errors after the callback belong to nobody else.
      const onError = (error: any) => {
        if (error && error.name !== "AbortError" && error.code !== "ERR_STREAM_PREMATURE_CLOSE") finish(error);
      };
      stream.on("error", onError);
      if (isReadable(stream) && isLast) lastCleanups.push(() => stream.removeListener("error", onError));
    }
    if (i === 0) result = start(stream, streams, signal, i);
    else if (typeof stream === "function") {
      result = isTransformStream(result) ? readableAsyncIterable(result.readable) : readableAsyncIterable(result);
      result = stream(result, { signal });
      if (reading) {
        if (!isIterable(result, true)) throw new codes.ERR_INVALID_RETURN_VALUE!("AsyncIterable", `transform[${i - 1}]`, result);
      } else result = collectLast(result);
    } else if (isNodeStream(stream)) {
      if (isReadableNodeStream(result)) {
        pending += 2;
        const cleanup = pipe(result, stream, finishOne, end);
        if (isReadable(stream) && isLast) lastCleanups.push(cleanup);
      } else if (isTransformStream(result) || isReadableStream(result)) {
        pending++;
        pump(result.readable || result, stream, finishOne, end);
      } else if (isIterable(result)) {
        pending++;
        pump(result, stream, finishOne, end);
      } else throw new codes.ERR_INVALID_ARG_TYPE!("val", ["Readable", "Iterable", "AsyncIterable", "ReadableStream", "TransformStream"], result);
      result = stream;
    } else if (isWebStream(stream)) {
      pending++;
      pumpToWeb(isReadableNodeStream(result) || isReadableStream(result) || isIterable(result) ? result : result.readable, stream, finishOne, end);
      result = stream;
    } else result = (Duplex as any).from(stream);
  }

  /** The last function's promise or iterable becomes a stream that carries its value. */
  function collectLast(last: any): any {
    const through: any = new (PassThrough as any)({ objectMode: true });
    const then = last?.then;
    if (typeof then === "function") {
      pending++;
      then.call(
        last,
        (settled: any) => {
          value = settled;
          if (settled != null) through.write(settled);
          if (options?.end !== false) through.end();
          process.nextTick(finishOne);
        },
        (error: any) => {
          through.destroy(error);
          process.nextTick(finishOne, error);
        },
      );
    } else if (isIterable(last, true)) {
      pending++;
      pump(last, through, finishOne, options?.end !== false);
    } else if (isReadableStream(last) || isTransformStream(last)) {
      pending++;
      pump(last.readable || last, through, finishOne, options?.end !== false);
    } else throw new codes.ERR_INVALID_RETURN_VALUE!("AsyncIterable or Promise", "destination", last);
    const { destroy, cleanup } = guard(through, false, true);
    guards.push({ destroy });
    lastCleanups.push(cleanup);
    return through;
  }

  if (signal.aborted || outer?.aborted) process.nextTick(abort);
  return result;
}

function start(stream: any, _streams: any[], signal: AbortSignal, _i: number): any {
  if (typeof stream === "function") {
    const made = stream({ signal });
    if (!isIterable(made)) throw new codes.ERR_INVALID_RETURN_VALUE!("Iterable, AsyncIterable or Stream", "source", made);
    return made;
  }
  if (isIterable(stream) || isReadableNodeStream(stream) || isTransformStream(stream)) return stream;
  return (Duplex as any).from(stream);
}

function readableAsyncIterable(value: any): any {
  if (isIterable(value)) return value;
  if (isReadableNodeStream(value)) return (Readable.prototype as any)[Symbol.asyncIterator].call(value);
  throw new codes.ERR_INVALID_ARG_TYPE!("val", ["Readable", "Iterable", "AsyncIterable"], value);
}

/** Writes every value of an iterable, waiting for `drain`. */
async function pump(iterable: any, writable: any, done: Callback, end: boolean): Promise<void> {
  let failure: any;
  let wake: ((error?: any) => void) | undefined;
  const onDrain = (error?: any) => {
    if (error) failure = error;
    wake?.();
  };
  const wait = () => new Promise<void>((resolve, reject) => {
    const settle = () => {
      wake = undefined;
      if (failure) reject(failure);
      else resolve();
    };
    if (failure) reject(failure);
    else wake = settle;
  });
  const onDrainEvent = () => onDrain();
  writable.on("drain", onDrainEvent);
  const cleanup = eos(writable, { readable: false }, onDrain);
  try {
    if (writable.writableNeedDrain) await wait();
    for await (const chunk of iterable) if (!writable.write(chunk)) await wait();
    if (end) {
      writable.end();
      await wait();
    }
    done();
  } catch (error) {
    done(failure !== error ? aggregateTwoErrors(failure, error) : error);
  } finally {
    cleanup();
    writable.off("drain", onDrainEvent);
  }
}

async function pumpToWeb(readable: any, web: any, done: Callback, end: boolean): Promise<void> {
  const target = isTransformStream(web) ? web.writable : web;
  const writer = target.getWriter();
  try {
    for await (const chunk of readable) {
      await writer.ready;
      writer.write(chunk).catch(() => {});
    }
    await writer.ready;
    if (end) await writer.close();
    done();
  } catch (error) {
    try {
      await writer.abort(error);
      done(error);
    } catch (late) {
      done(late);
    }
  }
}

function pipe(source: any, target: any, done: Callback, end: boolean): () => void {
  let ended = false;
  target.on("close", () => {
    if (!ended) done(new codes.ERR_STREAM_PREMATURE_CLOSE!());
  });
  // Ending is done here: `pipe` would not tell when the source fails.
  source.pipe(target, { end: false });
  if (end) {
    const finish = () => {
      ended = true;
      target.end();
    };
    if (isReadableFinished(source)) process.nextTick(finish);
    else source.once("end", finish);
  } else done();
  eos(source, { readable: true, writable: false }, (error: any) => {
    const r = source._readableState;
    if (error && error.code === "ERR_STREAM_PREMATURE_CLOSE" && r && r.ended && !r.errored && !r.errorEmitted) {
      // The source closes before its last data is read; `end` or `error` still comes.
      source.once("end", done).once("error", done);
    } else done(error);
  });
  return eos(target, { readable: false, writable: true }, done);
}

/** `stream.promises.pipeline`. */
export function pipelinePromise(...streams: any[]): Promise<any> {
  return new Promise((resolve, reject) => {
    let signal: AbortSignal | undefined;
    let end: boolean | undefined;
    const last = streams.at(-1);
    if (last && typeof last === "object" && !isNodeStream(last) && !isIterable(last) && !isWebStream(last)) {
      const options = streams.pop();
      signal = options.signal;
      end = options.end;
    }
    pipelineImpl(streams, (error, value) => (error ? reject(error) : resolve(value)), { ...(signal && { signal }), ...(end !== undefined && { end }) });
  });
}

