// `node:dgram`.

import { Socket } from "crust:net/dgram_socket";

export { Socket };

export function createSocket(type: any, listener?: any): any {
  return new (Socket as any)(type, listener);
}

export default { createSocket, Socket };
