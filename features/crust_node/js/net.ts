// `node:net`: what addresses are. Sockets and servers do not exist here yet and refuse.

import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";
import { validateBoolean, validateInt32 } from "crust:node/internal/validators";

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const four = `${octet}(?:\\.${octet}){3}`;
const group = "[0-9a-fA-F]{1,4}";
const ipv4Pattern = new RegExp(`^${four}$`);
// RFC 4291 §2.2: eight groups, the last two perhaps as an IPv4 address, one run of zeros left out.
const ipv6Pattern = new RegExp(
  `^(?:(?:${group}:){7}(?:${group}|:)|(?:${group}:){6}(?:${four}|:${group}|:)|(?:${group}:){5}(?::${four}|(?::${group}){1,2}|:)|` +
    `(?:${group}:){4}(?:(?::${group}){0,1}:${four}|(?::${group}){1,3}|:)|(?:${group}:){3}(?:(?::${group}){0,2}:${four}|(?::${group}){1,4}|:)|` +
    `(?:${group}:){2}(?:(?::${group}){0,3}:${four}|(?::${group}){1,5}|:)|(?:${group}:){1}(?:(?::${group}){0,4}:${four}|(?::${group}){1,6}|:)|` +
    `(?::(?:(?::${group}){0,5}:${four}|(?::${group}){1,7}|:)))(?:%[0-9a-zA-Z_.~-]{1,})?$`,
);

export function isIPv4(input: unknown): boolean {
  return ipv4Pattern.test(`${input}`);
}
export function isIPv6(input: unknown): boolean {
  return ipv6Pattern.test(`${input}`);
}
export function isIP(input: unknown): 0 | 4 | 6 {
  return isIPv4(input) ? 4 : isIPv6(input) ? 6 : 0;
}

let autoSelectFamily = true;
let autoSelectFamilyTimeout = 250;
export const getDefaultAutoSelectFamily = (): boolean => autoSelectFamily;
export function setDefaultAutoSelectFamily(value: unknown): void {
  validateBoolean(value, "value");
  autoSelectFamily = value as boolean;
}
export const getDefaultAutoSelectFamilyAttemptTimeout = (): number => autoSelectFamilyTimeout;
export function setDefaultAutoSelectFamilyAttemptTimeout(value: unknown): void {
  validateInt32(value, "value", 1);
  autoSelectFamilyTimeout = Math.max(value as number, 10);
}

export const { connect, createConnection, createServer, _createServerHandle, _normalizeArgs } = refusedFunctions(
  "net", "connect", "createConnection", "createServer", "_createServerHandle", "_normalizeArgs",
);
export const { BlockList, BoundSocket, Server, Socket, SocketAddress } = refusedClasses("net", "BlockList", "BoundSocket", "Server", "Socket", "SocketAddress");
export const Stream = Socket;

export default {
  _createServerHandle, _normalizeArgs, BlockList, SocketAddress, BoundSocket, connect, createConnection, createServer, isIP, isIPv4, isIPv6, Server,
  Socket, Stream, getDefaultAutoSelectFamily, setDefaultAutoSelectFamily, getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamilyAttemptTimeout,
};
