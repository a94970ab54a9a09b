// server.upgrade: the checks of the opening handshake (RFC 6455, 4.2.1) on a request of this server, and the lines that
// a program adds to the 101. The rest is the natives'.

import * as ops from "crust:ops/http";
import type { IncomingRequest } from "crust:http/incoming";
import type { SocketHub } from "crust:websocket/server_socket";

export interface UpgradeOptions {
  headers?: unknown;
  data?: unknown;
}

// What the handshake says itself.
const OWN_FIELDS = new Set(["upgrade", "connection", "sec-websocket-accept", "sec-websocket-extensions", "content-length", "transfer-encoding"]);

/** Whether the request is a WebSocket now. */
export function upgrade(incoming: IncomingRequest, hub: SocketHub, options: UpgradeOptions | undefined): boolean {
  const key = incoming.get("sec-websocket-key");
  const isHandshake =
    incoming.method === "GET" &&
    key !== null &&
    incoming.get("upgrade")?.toLowerCase() === "websocket" &&
    incoming.get("sec-websocket-version") === "13" &&
    hasToken(incoming.get("connection"), "upgrade");
  if (!isHandshake || incoming.upgraded) return false;
  let lines = "";
  let protocol: string | undefined;
  const { headers } = options ?? {};
  if (headers !== undefined && headers !== null) {
    for (const [name, value] of new Headers(headers as never) as unknown as Iterable<[string, string]>) {
      if (name === "sec-websocket-protocol") protocol = value;
      else if (!OWN_FIELDS.has(name)) lines += `${name}: ${value}\r\n`;
    }
  }
  // Without a choice of the program's the client's first wish is granted, as in Bun.
  protocol ??= incoming.get("sec-websocket-protocol")?.split(",")[0]!.trim();
  if (protocol) lines += `Sec-WebSocket-Protocol: ${protocol}\r\n`;
  const socket = ops.upgrade(incoming.handle, hub.id, key, incoming.get("sec-websocket-extensions") ?? "", lines) as number;
  if (socket < 0) return false;
  incoming.upgraded = true;
  incoming.finish();
  hub.opened(socket, options?.data);
  return true;
}

function hasToken(value: string | null, token: string): boolean {
  return value !== null && value.split(",").some((part) => part.trim().toLowerCase() === token);
}
