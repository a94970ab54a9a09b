// `node:net`.

import { validateBoolean, validateInt32 } from "crust:node/internal/validators";
import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";
import { BlockList, SocketAddress } from "crust:net/block_list";
import { isIP, isIPv4, isIPv6 } from "crust:net/ip";
import { defaults, normalizeArgs } from "crust:net/net_connect";
import { Server } from "crust:net/net_server";
import { Socket } from "crust:net/net_socket";

export { BlockList, isIP, isIPv4, isIPv6, Server, Socket, SocketAddress };
export const Stream = Socket;

export const getDefaultAutoSelectFamily = (): boolean => defaults.autoSelectFamily;
export function setDefaultAutoSelectFamily(value: unknown): void {
  validateBoolean(value, "value");
  defaults.autoSelectFamily = value as boolean;
}
export const getDefaultAutoSelectFamilyAttemptTimeout = (): number => defaults.attemptTimeout;
export function setDefaultAutoSelectFamilyAttemptTimeout(value: unknown): void {
  validateInt32(value, "value", 1);
  defaults.attemptTimeout = Math.max(value as number, 10);
}

export function createServer(options?: any, listener?: any): any {
  return new (Server as any)(options, listener);
}
export function connect(...args: any[]): any {
  const normalized = normalizeArgs(args);
  const socket = new (Socket as any)(normalized[0]);
  if (normalized[0].timeout) socket.setTimeout(normalized[0].timeout);
  return socket.connect(normalized);
}
export const createConnection = connect;
export const _normalizeArgs = (args: any[]): [any, any] => normalizeArgs(args);

export const { _createServerHandle } = refusedFunctions("net", "_createServerHandle");
export const { BoundSocket } = refusedClasses("net", "BoundSocket");

export default {
  _createServerHandle, _normalizeArgs, BlockList, SocketAddress, BoundSocket, connect, createConnection, createServer, isIP, isIPv4, isIPv6, Server,
  Socket, Stream, getDefaultAutoSelectFamily, setDefaultAutoSelectFamily, getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamilyAttemptTimeout,
};
