// Iterating a Readable: reads when `readable` says so, and destroys the stream when the loop leaves early.

import { aggregateTwoErrors } from "crust:node/internal/errors";
import { destroyer } from "crust:node/internal/streams/destroy";
import { eos } from "crust:node/internal/streams/end_of_stream";

export function createAsyncIterator(stream: any, options?: { destroyOnReturn?: boolean }): AsyncIterableIterator<any> {
  if (typeof stream.read !== "function") {
    const { Readable } = require("crust:node/internal/streams/readable");
    stream = Readable.wrap(stream, { objectMode: true });
  }
  const iterator: any = iterate(stream, options);
  iterator.stream = stream;
  return iterator;
}

async function* iterate(stream: any, options?: { destroyOnReturn?: boolean }): AsyncGenerator<any> {
  let wake: () => void = () => {};
  const onReadable = () => wake();
  stream.on("readable", onReadable);
  // undefined: open; null: ended; else what went wrong.
  let outcome: any;
  const stopWatching = eos(stream, { writable: false }, (error: any) => {
    outcome = error ? aggregateTwoErrors(outcome, error) : null;
    wake();
  });
  try {
    while (true) {
      const chunk = stream.destroyed ? null : stream.read();
      if (chunk !== null) yield chunk;
      else if (outcome) throw outcome;
      else if (outcome === null) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } catch (error) {
    outcome = aggregateTwoErrors(outcome, error);
    throw outcome;
  } finally {
    if ((outcome || options?.destroyOnReturn !== false) && (outcome === undefined || stream._readableState.autoDestroy)) destroyer(stream, null);
    else {
      stream.off("readable", onReadable);
      stopWatching();
    }
  }
}
