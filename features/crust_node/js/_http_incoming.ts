// `_http_incoming`: the incoming messages of `http` by their old name.

import { IncomingMessage } from "crust:node/http";
import { refusedFunctions } from "crust:node/internal/refuse";

export { IncomingMessage };
export const { readStart, readStop } = refusedFunctions("_http_incoming", "readStart", "readStop");
export default { IncomingMessage, readStart, readStop };
