// `_stream_wrap`: a stream as a socket, which Node's TLS uses inside. Here TLS wants a `net.Socket`.

import { refusedClasses } from "crust:node/internal/refuse";

export const { JSStreamSocket } = refusedClasses("_stream_wrap", "JSStreamSocket");
export default JSStreamSocket;
