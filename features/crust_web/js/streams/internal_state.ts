// What the adapters between Node's streams and these ask of a stream's inside.

import { newDeferred, rejectedDeferred, resolvedDeferred } from "crust:web/streams/deferred";
import { isReadableStream, readableState } from "crust:web/streams/readable";
import { isWritableStream, writableState } from "crust:web/streams/writable";

/** A promise that settles with a stream, locked or not. */
export function closedPromiseOf(stream: unknown): Promise<undefined> {
  if (!isReadableStream(stream) && !isWritableStream(stream)) {
    throw new TypeError("A web stream is needed");
  }
  const state = isReadableStream(stream) ? readableState(stream) : writableState(stream);
  if (state.watch === null) {
    if (state.state === "closed") {
      state.watch = resolvedDeferred();
    } else {
      state.watch = state.state === "errored" ? rejectedDeferred(state.storedError) : newDeferred();
    }
  }
  return state.watch.promise;
}
