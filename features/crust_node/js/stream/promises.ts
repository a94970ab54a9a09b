// `node:stream/promises`.

import stream from "crust:node/internal/streams/all";

export const { finished, pipeline } = stream.promises;
export default { finished, pipeline };
