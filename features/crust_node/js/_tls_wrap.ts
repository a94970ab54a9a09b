// `_tls_wrap`: the sockets and servers of `tls` by their old name.

import { Server, TLSSocket, connect, createServer } from "node:tls";

export { Server, TLSSocket, connect, createServer };
export default { TLSSocket, Server, createServer, connect };
