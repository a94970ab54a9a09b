// `node:stream/promises`.

import { finished } from "crust:node/internal/streams/end_of_stream";
import { pipelinePromise as pipeline } from "crust:node/internal/streams/pipeline";

export { finished, pipeline };
export default { finished, pipeline };
