// `stream.finished`: one callback when a stream of any make has ended, failed or closed too early.

import { AbortError, codes } from "crust:node/internal/errors";
import {
  isClosed, isReadable, isReadableFinished, isReadableNodeStream, isReadableStream, isRequest, isNodeStream, isWritable, isWritableFinished,
  isWritableNodeStream, isWritableStream, readableErrored, willEmitClose as checkWillEmitClose, writableErrored,
} from "crust:node/internal/streams/inspect_state";
import { validateAbortSignal, validateBoolean, validateFunction, validateObject } from "crust:node/internal/validators";

type Callback = (error?: any) => void;

function nop(): void {}

function once(callback: any): any {
  let called = false;
  return function (this: any, ...args: any[]) {
    if (called) return;
    called = true;
    Reflect.apply(callback, this, args);
  };
}

/** Calls `callback` once; answers a function that stops listening. */
export function eos(stream: any, options: any, callback?: any): () => void {
  if (arguments.length === 2) {
    callback = options;
    options = {};
  } else if (options == null) options = {};
  else validateObject(options, "options");
  validateFunction(callback, "callback");
  validateAbortSignal(options.signal, "options.signal");
  callback = once(callback);
  if (isReadableStream(stream) || isWritableStream(stream)) return eosWeb(stream, options, callback);
  if (!isNodeStream(stream)) throw new codes.ERR_INVALID_ARG_TYPE!("stream", ["ReadableStream", "WritableStream", "Stream"], stream);
  return eosNode(stream, options, callback);
}

function eosNode(stream: any, options: any, callback: Callback): () => void {
  const readable: boolean = options.readable ?? isReadableNodeStream(stream);
  const writable: boolean = options.writable ?? isWritableNodeStream(stream);
  const w = stream._writableState;
  const r = stream._readableState;
  // A stream that will emit `close` is waited for until then.
  let willEmitClose = Boolean(checkWillEmitClose(stream)) && isReadableNodeStream(stream) === readable && isWritableNodeStream(stream) === writable;
  let writableFinished = isWritableFinished(stream, false);
  let readableFinished = isReadableFinished(stream, false);

  const onLegacyFinish = () => {
    if (!stream.writable) onFinish();
  };
  const onFinish = () => {
    writableFinished = true;
    // A stream destroyed by hand never emits `close` for this.
    if (stream.destroyed) willEmitClose = false;
    if (willEmitClose && (!stream.readable || readable)) return;
    if (!readable || readableFinished) callback.call(stream);
  };
  const onEnd = () => {
    readableFinished = true;
    if (stream.destroyed) willEmitClose = false;
    if (willEmitClose && (!stream.writable || writable)) return;
    if (!writable || writableFinished) callback.call(stream);
  };
  const onError = (error: any) => callback.call(stream, error);
  let closed = isClosed(stream);
  const onClose = () => {
    closed = true;
    const errored = writableErrored(stream) || readableErrored(stream);
    if (errored && typeof errored !== "boolean") return callback.call(stream, errored);
    if (readable && !readableFinished && isReadableNodeStream(stream, true) && !isReadableFinished(stream, false)) {
      return callback.call(stream, new codes.ERR_STREAM_PREMATURE_CLOSE!());
    }
    if (writable && !writableFinished && !isWritableFinished(stream, false)) return callback.call(stream, new codes.ERR_STREAM_PREMATURE_CLOSE!());
    callback.call(stream);
  };
  const onClosed = () => {
    closed = true;
    const errored = writableErrored(stream) || readableErrored(stream);
    if (errored && typeof errored !== "boolean") callback.call(stream, errored);
    else callback.call(stream);
  };
  const onRequest = () => stream.req.on("finish", onFinish);

  if (isRequest(stream)) {
    stream.on("complete", onFinish);
    if (!willEmitClose) stream.on("abort", onClose);
    if (stream.req) onRequest();
    else stream.on("request", onRequest);
  } else if (writable && !w) {
    stream.on("end", onLegacyFinish);
    stream.on("close", onLegacyFinish);
  }
  if (!willEmitClose && typeof stream.aborted === "boolean") stream.on("aborted", onClose);
  stream.on("end", onEnd);
  stream.on("finish", onFinish);
  if (options.error !== false) stream.on("error", onError);
  stream.on("close", onClose);

  if (closed) process.nextTick(onClose);
  else if (w?.errorEmitted || r?.errorEmitted) {
    if (!willEmitClose) process.nextTick(onClosed);
  } else if (!readable && (!willEmitClose || isReadable(stream)) && (writableFinished || isWritable(stream) === false) && (w == null || w.pendingcb === undefined || w.pendingcb === 0)) {
    process.nextTick(onClosed);
  } else if (!writable && (!willEmitClose || isWritable(stream)) && (readableFinished || isReadable(stream) === false)) {
    process.nextTick(onClosed);
  }

  const cleanup = () => {
    callback = nop;
    stream.removeListener("aborted", onClose);
    stream.removeListener("complete", onFinish);
    stream.removeListener("abort", onClose);
    stream.removeListener("request", onRequest);
    stream.req?.removeListener("finish", onFinish);
    stream.removeListener("end", onLegacyFinish);
    stream.removeListener("close", onLegacyFinish);
    stream.removeListener("finish", onFinish);
    stream.removeListener("end", onEnd);
    stream.removeListener("error", onError);
    stream.removeListener("close", onClose);
  };
  if (options.signal && !closed) {
    const abort = () => {
      // Cleaning up replaces the callback.
      const end = callback;
      cleanup();
      end.call(stream, new AbortError(undefined, { cause: options.signal.reason }));
    };
    if (options.signal.aborted) process.nextTick(abort);
    else {
      const disposable = require("node:events").addAbortListener(options.signal, abort);
      const original = callback;
      callback = once(function (this: any, ...args: any[]) {
        disposable[Symbol.dispose]();
        original.apply(stream, args as any);
      });
    }
  }
  return cleanup;
}

function eosWeb(stream: any, options: any, callback: Callback): () => void {
  let aborted = false;
  let abort = nop;
  if (options.signal) {
    abort = () => {
      aborted = true;
      callback.call(stream, new AbortError(undefined, { cause: options.signal.reason }));
    };
    if (options.signal.aborted) process.nextTick(abort);
    else {
      const disposable = require("node:events").addAbortListener(options.signal, abort);
      const original = callback;
      callback = once((...args: any[]) => {
        disposable[Symbol.dispose]();
        original.apply(stream, args as any);
      });
    }
  }
  const { whenClosed } = require("crust:node/internal/streams/web_adapters");
  const settle = (error?: any) => {
    if (!aborted) process.nextTick(() => callback.call(stream, error));
  };
  whenClosed(stream).then(() => settle(), settle);
  return nop;
}

/** `stream.promises.finished`. */
export function finished(stream: any, options?: any): Promise<void> {
  let autoCleanup = false;
  if (options === null || options === undefined) options = {};
  if (options.cleanup) {
    validateBoolean(options.cleanup, "cleanup");
    autoCleanup = options.cleanup;
  }
  return new Promise((resolve, reject) => {
    const cleanup = eos(stream, options, (error: any) => {
      if (autoCleanup) cleanup();
      if (error) reject(error);
      else resolve();
    });
  });
}
