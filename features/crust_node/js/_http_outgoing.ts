// `_http_outgoing`: the outgoing messages of `http` by their old name.

import { OutgoingMessage, validateHeaderName, validateHeaderValue } from "crust:node/http";
import { parseUniqueHeadersOption } from "crust:node/internal/http/server";

export { OutgoingMessage, parseUniqueHeadersOption, validateHeaderName, validateHeaderValue };
export default { OutgoingMessage, validateHeaderName, validateHeaderValue, parseUniqueHeadersOption };
