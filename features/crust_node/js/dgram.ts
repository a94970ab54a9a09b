// `node:dgram`: datagram sockets do not exist here yet and refuse.

import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";

export const { createSocket } = refusedFunctions("dgram", "createSocket");
export const { Socket } = refusedClasses("dgram", "Socket");

export default { createSocket, Socket };
