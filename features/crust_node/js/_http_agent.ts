// `_http_agent`: the agent of `http` by its old name.

import http, { Agent } from "crust:node/http";

export { Agent };
export default Object.defineProperty({ Agent }, "globalAgent", { get: () => http.globalAgent, enumerable: true, configurable: true });
