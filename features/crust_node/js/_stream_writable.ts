// `_stream_writable`: the old name of `stream.Writable`.

import stream from "crust:node/internal/streams/all";

export const { Writable } = stream;
export default Writable;
