// `stream.addAbortSignal`: destroys a stream when a signal aborts.

import { AbortError, codes } from "crust:node/internal/errors";
import { isNodeStream, isWebStream } from "crust:node/internal/streams/inspect_state";

export function addAbortSignal(signal: any, stream: any): any {
  if (typeof signal !== "object" || signal === null || !("aborted" in signal)) throw new codes.ERR_INVALID_ARG_TYPE!("signal", "AbortSignal", signal);
  if (!isNodeStream(stream) && !isWebStream(stream)) {
    throw new codes.ERR_INVALID_ARG_TYPE!("stream", ["ReadableStream", "WritableStream", "Stream"], stream);
  }
  return addAbortSignalNoValidate(signal, stream);
}

export function addAbortSignalNoValidate(signal: any, stream: any): any {
  if (typeof signal !== "object" || !("aborted" in signal)) return stream;
  const onAbort = isNodeStream(stream)
    ? () => stream.destroy(new AbortError(undefined, { cause: signal.reason }))
    : () => require("crust:node/internal/streams/web_adapters").abortWeb(stream, new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) onAbort();
  else {
    const { addAbortListener } = require("node:events");
    const { eos } = require("crust:node/internal/streams/end_of_stream");
    const disposable = addAbortListener(signal, onAbort);
    eos(stream, disposable[Symbol.dispose]);
  }
  return stream;
}
