// `_http_server`: the servers of `http` by their old name.

import { STATUS_CODES, Server, ServerResponse, _connectionListener } from "crust:node/http";
import { httpServerPreClose, setupConnectionsTracking, storeHTTPOptions } from "crust:node/internal/http/server";

export { STATUS_CODES, Server, ServerResponse, _connectionListener, httpServerPreClose, setupConnectionsTracking, storeHTTPOptions };
export default { STATUS_CODES, Server, ServerResponse, _connectionListener, storeHTTPOptions, setupConnectionsTracking, httpServerPreClose };
