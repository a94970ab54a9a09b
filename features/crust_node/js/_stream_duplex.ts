// `_stream_duplex`: the old name of `stream.Duplex`.

import stream from "crust:node/internal/streams/all";

export const { Duplex } = stream;
export default Duplex;
