// `node:stream`: the stream classes and helpers. The function itself is the base class, with everything else on it.

import Stream from "crust:node/internal/streams/all";

export const {
  isDestroyed, isDisturbed, isErrored, isReadable, isWritable, Readable, Writable, Duplex, Transform, PassThrough, duplexPair, pipeline,
  addAbortSignal, finished, destroy, compose, setDefaultHighWaterMark, getDefaultHighWaterMark, promises, _isArrayBufferView, _isUint8Array,
  _uint8ArrayToBuffer,
} = Stream;
const base = Stream;
export { base as Stream };
export default Stream;
