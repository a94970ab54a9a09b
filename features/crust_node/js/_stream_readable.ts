// `_stream_readable`: the old name of `stream.Readable`.

import stream from "crust:node/internal/streams/all";

export const { Readable } = stream;
export default Readable;
