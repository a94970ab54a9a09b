// `Duplex.from`: makes a duplex of what a program has: a stream, a pair, a function, an iterable, a promise, a Blob.

import { AbortError, codes } from "crust:node/internal/errors";
import { destroyer } from "crust:node/internal/streams/destroy";
import { Duplex } from "crust:node/internal/streams/duplex";
import { eos } from "crust:node/internal/streams/end_of_stream";
import {
  isDuplexNodeStream, isIterable, isNodeStream, isReadable, isReadableNodeStream, isReadableStream, isWritable, isWritableNodeStream, isWritableStream,
} from "crust:node/internal/streams/inspect_state";
import { Readable } from "crust:node/internal/streams/readable";
import { Writable } from "crust:node/internal/streams/writable";

export function duplexify(body: any, name: string): any {
  if (isDuplexNodeStream(body)) return body;
  if (isReadableNodeStream(body)) return join({ readable: body });
  if (isWritableNodeStream(body)) return join({ writable: body });
  if (isNodeStream(body)) return join({ writable: false, readable: false });
  if (isReadableStream(body)) return join({ readable: (Readable as any).fromWeb(body) });
  if (isWritableStream(body)) return join({ writable: (Writable as any).fromWeb(body) });
  if (typeof body === "function") return fromFunction(body, name);
  if (typeof Blob === "function" && body instanceof Blob) return duplexify(body.arrayBuffer(), name);
  if (isIterable(body)) return (Readable as any).from(body, { objectMode: true, writable: false });
  if (isReadableStream(body?.readable) && isWritableStream(body?.writable)) return (Duplex as any).fromWeb(body);
  if (typeof body?.writable === "object" || typeof body?.readable === "object") return fromPair(body, name);
  if (typeof body?.then === "function") return fromPromise(body);
  throw new codes.ERR_INVALID_ARG_TYPE!(
    name,
    ["Blob", "ReadableStream", "WritableStream", "Stream", "Iterable", "AsyncIterable", "Function", "{ readable, writable } pair", "Promise"],
    body,
  );
}

function fromPair(body: any, name: string): any {
  const side = (part: any, is: (value: any) => boolean) => (part ? (is(part) ? part : duplexify(part, name)) : undefined);
  return join({ readable: side(body.readable, isReadableNodeStream), writable: side(body.writable, isWritableNodeStream) });
}

function fromPromise(promise: Promise<any>): any {
  const duplex: any = new (Duplex as any)({ objectMode: true, writable: false, read() {} });
  promise.then(
    (value) => {
      if (value != null) duplex.push(value);
      duplex.push(null);
    },
    (error) => destroyer(duplex, error),
  );
  return duplex;
}

/** A function of an async iterable: an async generator transforms, one that gives a promise consumes. */
function fromFunction(body: any, name: string): any {
  const queue: { chunk: any; done: boolean; callback: () => void }[] = [];
  let wake = () => {};
  const aborter = new AbortController();
  const source = (async function* () {
    while (true) {
      while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const { chunk, done, callback } = queue.shift()!;
      process.nextTick(callback);
      if (done) return;
      if (aborter.signal.aborted) throw new AbortError(undefined, { cause: aborter.signal.reason });
      yield chunk;
    }
  })();
  const value = body(source, { signal: aborter.signal });
  const write = (chunk: any, _encoding: any, callback: () => void) => {
    queue.push({ chunk, done: false, callback });
    wake();
  };
  const final = (callback: () => void) => {
    queue.push({ chunk: undefined, done: true, callback });
    wake();
  };
  const destroy = (error: any, callback: (error: any) => void) => {
    aborter.abort();
    callback(error);
  };
  if (isIterable(value)) {
    const readable: any = (Readable as any).from(value, { objectMode: true });
    const writable: any = new (Writable as any)({ objectMode: true, write, final, destroy });
    return join({ readable, writable });
  }
  if (typeof value?.then === "function") {
    let duplex: any;
    const settled = Promise.resolve(value).then(
      (result) => {
        if (result != null) throw new codes.ERR_INVALID_RETURN_VALUE!("nully", name, result);
      },
      (error) => destroyer(duplex, error),
    );
    duplex = new (Duplex as any)({
      objectMode: true,
      readable: false,
      write,
      final(callback: any) {
        final(() => {
          settled.then(() => process.nextTick(callback, null), (error) => process.nextTick(callback, error));
        });
      },
      destroy,
    });
    return duplex;
  }
  throw new codes.ERR_INVALID_RETURN_VALUE!("Iterable, AsyncIterable or AsyncFunction", name, value);
}

/** One duplex over a readable and a writable that know nothing of each other. */
function join(pair: { readable?: any; writable?: any }): any {
  const source = pair.readable && typeof pair.readable.read !== "function" ? (Readable as any).wrap(pair.readable) : pair.readable;
  const sink = pair.writable;
  let readable = Boolean(isReadable(source));
  let writable = Boolean(isWritable(sink));
  let onDrain: ((error?: any) => void) | undefined;
  let onFinish: ((error?: any) => void) | undefined;
  let onReadable: (() => void) | undefined;
  let onClose: ((error?: any) => void) | undefined;
  const duplex: any = new (Duplex as any)({
    readableObjectMode: Boolean(source?.readableObjectMode),
    writableObjectMode: Boolean(sink?.writableObjectMode),
    readable,
    writable,
  });
  const finished = (error?: any) => {
    const callback = onClose;
    onClose = undefined;
    if (callback) callback(error);
    else if (error) duplex.destroy(error);
  };
  if (writable) {
    eos(sink, (error: any) => {
      writable = false;
      if (error) destroyer(source, error);
      finished(error);
    });
    duplex._write = (chunk: any, encoding: string, callback: any) => {
      if (sink.write(chunk, encoding)) callback();
      else onDrain = callback;
    };
    duplex._final = (callback: any) => {
      sink.end();
      onFinish = callback;
    };
    sink.on("drain", () => {
      const callback = onDrain;
      onDrain = undefined;
      callback?.();
    });
    sink.on("finish", () => {
      const callback = onFinish;
      onFinish = undefined;
      callback?.();
    });
  }
  if (readable) {
    eos(source, (error: any) => {
      readable = false;
      if (error) destroyer(source, error);
      finished(error);
    });
    source.on("readable", () => {
      const callback = onReadable;
      onReadable = undefined;
      callback?.();
    });
    source.on("end", () => duplex.push(null));
    duplex._read = () => {
      while (true) {
        const chunk = source.read();
        if (chunk === null) {
          onReadable = duplex._read;
          return;
        }
        if (!duplex.push(chunk)) return;
      }
    };
  }
  duplex._destroy = (error: any, callback: any) => {
    if (!error && onClose !== undefined) error = new AbortError();
    onReadable = onDrain = onFinish = undefined;
    if (!readable && !writable) callback(error);
    else {
      onClose = callback;
      destroyer(sink, error);
      destroyer(source, error);
    }
  };
  return duplex;
}
