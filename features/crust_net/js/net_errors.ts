// Node's coded errors of sockets. The shared table of `crust:node` has those of other modules too.

import { codes } from "crust:node/internal/errors";

type Make = (...args: any[]) => Error & { code: string };

function coded(Class: ErrorConstructor, code: string, message: (...args: any[]) => string): Make {
  return (...args) => {
    const shared = codes[code];
    if (shared !== undefined) return new shared(...args);
    const error: any = new Class(message(...args));
    Object.defineProperty(error, "toString", { value: () => `${error.name} [${code}]: ${error.message}`, enumerable: false, writable: true, configurable: true });
    error.code = code;
    return error;
  };
}

export const socketClosed = coded(Error, "ERR_SOCKET_CLOSED", () => "Socket is closed");
export const socketClosedBeforeConnection = coded(Error, "ERR_SOCKET_CLOSED_BEFORE_CONNECTION", () => "Socket closed before the connection was established");
export const socketConnectionTimeout = coded(Error, "ERR_SOCKET_CONNECTION_TIMEOUT", () => "Socket connection timeout");
export const ipBlocked = coded(Error, "ERR_IP_BLOCKED", (address: string) => `IP(${address}) is blocked by net.BlockList`);
export const socketAlreadyBound = coded(Error, "ERR_SOCKET_ALREADY_BOUND", () => "Socket is already bound");
export const socketBadBufferSize = coded(TypeError, "ERR_SOCKET_BAD_BUFFER_SIZE", () => "Buffer size must be a positive integer");
export const socketBadType = coded(TypeError, "ERR_SOCKET_BAD_TYPE", () => "Bad socket type specified. Valid types are: udp4, udp6");
export const dgramIsConnected = coded(Error, "ERR_SOCKET_DGRAM_IS_CONNECTED", () => "Already connected");
export const dgramNotConnected = coded(Error, "ERR_SOCKET_DGRAM_NOT_CONNECTED", () => "Not connected");
export const dgramNotRunning = coded(Error, "ERR_SOCKET_DGRAM_NOT_RUNNING", () => "Not running");
export const invalidAddress = coded(Error, "ERR_INVALID_ADDRESS", () => "Invalid socket address");
