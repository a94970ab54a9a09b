// `_http_client`: the requests of `http` by their old name.

import { ClientRequest } from "crust:node/http";

export { ClientRequest };
export default { ClientRequest };
