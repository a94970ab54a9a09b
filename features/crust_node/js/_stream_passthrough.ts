// `_stream_passthrough`: the old name of `stream.PassThrough`.

import stream from "crust:node/internal/streams/all";

export const { PassThrough } = stream;
export default PassThrough;
