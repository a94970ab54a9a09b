// Between Node's streams and the web's: `fromWeb` and `toWeb` of Readable, Writable and Duplex.

import { AbortError, codes } from "crust:node/internal/errors";
import { destroyer } from "crust:node/internal/streams/destroy";
import { Duplex } from "crust:node/internal/streams/duplex";
import { eos } from "crust:node/internal/streams/end_of_stream";
import { isDestroyed, isReadable, isReadableEnded, isReadableStream, isWritable, isWritableEnded, isWritableStream } from "crust:node/internal/streams/inspect_state";
import { Readable } from "crust:node/internal/streams/readable";
import { Writable } from "crust:node/internal/streams/writable";
import { validateObject } from "crust:node/internal/validators";

const web = globalThis as any;

/** A promise that settles with a web stream. Locked streams are watched through their own `closed`. */
export function whenClosed(stream: any): Promise<void> {
  const { closedPromiseOf } = require("crust:web/streams/internal_state");
  return closedPromiseOf(stream);
}

export function abortWeb(stream: any, error: any): void {
  const ignore = () => {};
  if (isWritableStream(stream)) stream.abort(error).catch(ignore);
  else stream.cancel(error).catch(ignore);
}

export function readableFromWeb(stream: any, options: any = {}): any {
  if (!isReadableStream(stream)) throw new codes.ERR_INVALID_ARG_TYPE!("readableStream", "ReadableStream", stream);
  validateObject(options, "options");
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  const reader = stream.getReader();
  let closed = false;
  const readable: any = new (Readable as any)({
    objectMode, highWaterMark, encoding, signal,
    read() {
      reader.read().then(
        (chunk: any) => readable.push(chunk.done ? null : chunk.value),
        (error: any) => destroyer(readable, error),
      );
    },
    destroy(error: any, callback: (error?: any) => void) {
      const done = () => process.nextTick(callback, error);
      if (closed) return done();
      reader.cancel(error).then(done, done);
    },
  });
  reader.closed.then(
    () => {
      closed = true;
    },
    (error: any) => {
      closed = true;
      destroyer(readable, error);
    },
  );
  return readable;
}

export function readableToWeb(readable: any, options: any = {}): any {
  if (typeof readable?._readableState !== "object") throw new codes.ERR_INVALID_ARG_TYPE!("streamReadable", "stream.Readable", readable);
  validateObject(options, "options");
  if (isDestroyed(readable) || !isReadable(readable)) {
    const empty = new web.ReadableStream();
    empty.cancel();
    return empty;
  }
  const objectMode = readable.readableObjectMode;
  const highWaterMark = readable.readableHighWaterMark;
  const strategy = options.strategy ?? (objectMode ? new web.CountQueuingStrategy({ highWaterMark }) : new web.ByteLengthQueuingStrategy({ highWaterMark }));
  let controller: any;
  let wasCanceled = false;
  readable.pause();
  const cleanup = eos(readable, (error: any) => {
    cleanup();
    // Errors after this belong to nobody.
    readable.on("error", () => {});
    if (error) return controller.error(error.code === "ERR_STREAM_PREMATURE_CLOSE" ? new AbortError(undefined, { cause: error }) : error);
    if (!wasCanceled) controller.close();
  });
  readable.on("data", (chunk: any) => {
    const isBytes = ArrayBuffer.isView(chunk) && !objectMode;
    controller.enqueue(isBytes ? new Uint8Array(chunk as any) : chunk);
    if (controller.desiredSize <= 0) readable.pause();
  });
  return new web.ReadableStream(
    {
      ...(options.type === "bytes" && { type: "bytes" }),
      start(c: any) {
        controller = c;
      },
      pull() {
        readable.resume();
      },
      cancel(reason: any) {
        wasCanceled = true;
        destroyer(readable, reason);
      },
    },
    options.type === "bytes" ? undefined : strategy,
  );
}

export function writableFromWeb(stream: any, options: any = {}): any {
  if (!isWritableStream(stream)) throw new codes.ERR_INVALID_ARG_TYPE!("writableStream", "WritableStream", stream);
  validateObject(options, "options");
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  const writer = stream.getWriter();
  let closed = false;
  const writable: any = new (Writable as any)({
    highWaterMark, objectMode, decodeStrings, signal,
    write(chunk: any, encoding: string, callback: (error?: any) => void) {
      let value = chunk;
      if (typeof chunk === "string" && decodeStrings && !objectMode) value = require("node:buffer").Buffer.from(chunk, encoding);
      writer.ready.then(() => writer.write(value)).then(
        () => process.nextTick(callback),
        (error: any) => process.nextTick(callback, error),
      );
    },
    destroy(error: any, callback: (error?: any) => void) {
      const done = () => process.nextTick(callback, error);
      if (closed) return done();
      (error != null ? writer.abort(error) : writer.close()).then(done, done);
    },
    final(callback: (error?: any) => void) {
      if (closed) return process.nextTick(callback);
      writer.close().then(
        () => process.nextTick(callback),
        (error: any) => process.nextTick(callback, error),
      );
    },
  });
  writer.closed.then(
    () => {
      closed = true;
      if (!isWritableEnded(writable)) destroyer(writable, new codes.ERR_STREAM_PREMATURE_CLOSE!());
    },
    (error: any) => {
      closed = true;
      destroyer(writable, error);
    },
  );
  return writable;
}

export function writableToWeb(writable: any): any {
  if (typeof writable?._writableState !== "object") throw new codes.ERR_INVALID_ARG_TYPE!("streamWritable", "stream.Writable", writable);
  if (isDestroyed(writable) || !isWritable(writable)) {
    const closed = new web.WritableStream();
    closed.close();
    return closed;
  }
  const highWaterMark = writable.writableHighWaterMark;
  const strategy = writable.writableObjectMode ? new web.CountQueuingStrategy({ highWaterMark }) : { highWaterMark };
  let controller: any;
  let drained: { promise: Promise<void>; resolve: () => void; reject: (error: any) => void } | undefined;
  let ended: { promise: Promise<void>; resolve: () => void; reject: (error: any) => void } | undefined;
  const cleanup = eos(writable, (error: any) => {
    cleanup();
    writable.on("error", () => {});
    if (error) {
      const reason = error.code === "ERR_STREAM_PREMATURE_CLOSE" ? new AbortError(undefined, { cause: error }) : error;
      drained?.reject(reason);
      if (ended) ended.reject(reason);
      else controller.error(reason);
      return;
    }
    if (ended) ended.resolve();
    else controller.error(new AbortError());
  });
  writable.on("drain", () => {
    drained?.resolve();
    drained = undefined;
  });
  return new web.WritableStream(
    {
      start(c: any) {
        controller = c;
      },
      async write(chunk: any) {
        if (writable.writableNeedDrain || !writable.write(chunk)) {
          drained = (Promise as any).withResolvers();
          return drained!.promise;
        }
      },
      abort(reason: any) {
        destroyer(writable, reason);
      },
      close() {
        if (!ended && !isWritableEnded(writable)) {
          ended = (Promise as any).withResolvers();
          writable.end();
        }
        return ended?.promise;
      },
    },
    strategy,
  );
}

export function duplexFromWeb(pair: any, options: any = {}): any {
  validateObject(pair, "pair");
  if (!isReadableStream(pair.readable)) throw new codes.ERR_INVALID_ARG_TYPE!("pair.readable", "ReadableStream", pair.readable);
  if (!isWritableStream(pair.writable)) throw new codes.ERR_INVALID_ARG_TYPE!("pair.writable", "WritableStream", pair.writable);
  validateObject(options, "options");
  const readable = readableFromWeb(pair.readable, { ...options, signal: undefined });
  const writable = writableFromWeb(pair.writable, { ...options, signal: undefined });
  const duplex = (Duplex as any).from({ readable, writable });
  if (options.signal) require("crust:node/internal/streams/add_abort_signal").addAbortSignalNoValidate(options.signal, duplex);
  return duplex;
}

export function duplexToWeb(duplex: any, options?: any): any {
  if (typeof duplex?._writableState !== "object" || typeof duplex?._readableState !== "object") {
    throw new codes.ERR_INVALID_ARG_TYPE!("duplex", "stream.Duplex", duplex);
  }
  if (isDestroyed(duplex)) {
    const writable = new web.WritableStream();
    const readable = new web.ReadableStream();
    writable.close();
    readable.cancel();
    return { readable, writable };
  }
  const writable = isWritable(duplex) ? writableToWeb(duplex) : new web.WritableStream();
  if (!isWritable(duplex)) writable.close();
  const readable = isReadable(duplex) && !isReadableEnded(duplex) ? readableToWeb(duplex, options) : new web.ReadableStream();
  if (!isReadable(duplex)) readable.cancel();
  return { readable, writable };
}
