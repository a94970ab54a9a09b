// `stream.compose`: several streams as one duplex, written at the first and read at the last.

import { AbortError, codes } from "crust:node/internal/errors";
import { destroyer } from "crust:node/internal/streams/destroy";
import { Duplex } from "crust:node/internal/streams/duplex";
import { eos } from "crust:node/internal/streams/end_of_stream";
import { isNodeStream, isReadable, isTransformStream, isWebStream, isWritable, isReadableStream, isWritableStream } from "crust:node/internal/streams/inspect_state";
import { pipeline } from "crust:node/internal/streams/pipeline";

export function compose(...streams: any[]): any {
  if (streams.length === 0) throw new codes.ERR_MISSING_ARGS!("streams");
  if (streams.length === 1) return (Duplex as any).from(streams[0]);
  const given = [...streams];
  if (typeof streams[0] === "function") streams[0] = (Duplex as any).from(streams[0]);
  const last = streams.length - 1;
  if (typeof streams[last] === "function") streams[last] = (Duplex as any).from(streams[last]);
  streams.forEach((stream, index) => checkPart(stream, index, last, given[index]));

  let onDrain: ((error?: any) => void) | undefined;
  let onFinish: ((error?: any) => void) | undefined;
  let onReadable: (() => void) | undefined;
  let onClose: ((error?: any) => void) | undefined;
  const head = toNode(streams[0]);
  const tail = toNode(pipeline(...streams.map((s, i) => (i === 0 ? head : s)), finished));
  const writable = Boolean(isWritable(head));
  const readable = Boolean(isReadable(tail));

  const joined: any = new (Duplex as any)({
    writableObjectMode: Boolean(head?.writableObjectMode),
    readableObjectMode: Boolean(tail?.readableObjectMode),
    writable,
    readable,
  });
  function finished(error?: any): void {
    const callback = onClose;
    onClose = undefined;
    if (callback) callback(error);
    else if (error) joined.destroy(error);
    else if (!readable && !writable) joined.destroy();
  }
  if (writable) {
    joined._write = (chunk: any, encoding: string, callback: any) => {
      if (head.write(chunk, encoding)) callback();
      else onDrain = callback;
    };
    joined._final = (callback: any) => {
      head.end();
      onFinish = callback;
    };
    head.on("drain", () => {
      const callback = onDrain;
      onDrain = undefined;
      callback?.();
    });
    eos(tail, () => {
      const callback = onFinish;
      onFinish = undefined;
      callback?.();
    });
  }
  if (readable) {
    tail.on("readable", () => {
      const callback = onReadable;
      onReadable = undefined;
      callback?.();
    });
    tail.on("end", () => joined.push(null));
    joined._read = () => {
      while (true) {
        const chunk = tail.read();
        if (chunk === null) {
          onReadable = joined._read;
          return;
        }
        if (!joined.push(chunk)) return;
      }
    };
  }
  joined._destroy = (error: any, callback: any) => {
    if (!error && onClose !== undefined) error = new AbortError();
    onReadable = onDrain = onFinish = undefined;
    if (isNodeStream(tail)) destroyer(tail, error);
    callback(error);
  };
  return joined;
}

function checkPart(stream: any, index: number, last: number, given: any): void {
  if (!isNodeStream(stream) && !isWebStream(stream)) return;
  if (index < last && !(isReadable(stream) || isReadableStream(stream) || isTransformStream(stream))) {
    throw new codes.ERR_INVALID_ARG_VALUE!(`streams[${index}]`, given, "must be readable");
  }
  if (index > 0 && !(isWritable(stream) || isWritableStream(stream) || isTransformStream(stream))) {
    throw new codes.ERR_INVALID_ARG_VALUE!(`streams[${index}]`, given, "must be writable");
  }
}

function toNode(stream: any): any {
  return isWebStream(stream) ? (Duplex as any).from(stream) : stream;
}
