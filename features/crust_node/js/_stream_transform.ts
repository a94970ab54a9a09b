// `_stream_transform`: the old name of `stream.Transform`.

import stream from "crust:node/internal/streams/all";

export const { Transform } = stream;
export default Transform;
