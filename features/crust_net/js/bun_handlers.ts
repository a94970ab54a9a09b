// The handlers of `Bun.listen`, `Bun.connect` and `socket.reload`: checked once, shared by all sockets of a listener.

export type BinaryType = "buffer" | "uint8array" | "arraybuffer";

export interface Handlers {
  open?: Function;
  data?: Function;
  drain?: Function;
  close?: Function;
  error?: Function;
  end?: Function;
  timeout?: Function;
  connectError?: Function;
  handshake?: Function;
  binaryType: BinaryType;
}

const NAMES = ["open", "data", "drain", "close", "error", "end", "timeout", "connectError", "handshake"] as const;

export function invalid(message: string): Error {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
}

function binaryTypeOf(value: unknown): BinaryType {
  if (value === undefined || value === null || value === "buffer" || value === "nodebuffer") return "buffer";
  if (value === "uint8array" || value === "arraybuffer") return value;
  throw invalid('Expected "binaryType" to be "arraybuffer", "uint8array" or "buffer"');
}

export function readHandlers(value: any): Handlers {
  if (value === undefined || value === null || typeof value !== "object") throw invalid("SocketOptions.socket is required");
  const handlers: Handlers = { binaryType: binaryTypeOf(value.binaryType) };
  for (const name of NAMES) {
    const handler = value[name];
    if (handler === undefined || handler === null || handler === false) continue;
    if (typeof handler !== "function") throw invalid(`Expected "on${name[0]!.toUpperCase()}${name.slice(1)}" callback to be a function`);
    handlers[name] = handler;
  }
  if (handlers.data === undefined && handlers.drain === undefined) throw invalid('Expected at least "data" or "drain" callback');
  return handlers;
}

/** Puts other handlers in the place of those that sockets share. */
export function replaceHandlers(shared: Handlers, others: Handlers): void {
  for (const name of NAMES) delete shared[name];
  Object.assign(shared, others);
}

function portOf(value: any): number {
  const port = typeof value === "string" ? (value.trim() === "" ? NaN : Number(value)) : Number(value);
  const rangeError = (message: string): Error => Object.assign(new RangeError(message), { code: "ERR_OUT_OF_RANGE" });
  if (!Number.isInteger(port)) throw rangeError(`SocketOptions.port must be an integer (received ${port})`);
  if (port < 0 || port > 65535) throw rangeError(`SocketOptions.port must be in the range [0, 65535] (received ${port})`);
  return port;
}

export interface Place {
  unix: string | undefined;
  hostname: string;
  port: number;
}

export function readPlace(options: any): Place {
  const { unix, hostname = options.host } = options;
  if (unix !== undefined && unix !== null && typeof unix !== "string") throw invalid('Expected "unix" to be a string');
  if (typeof unix === "string" && unix !== "") return { unix, hostname: "", port: 0 };
  if (hostname !== undefined && hostname !== null && typeof hostname !== "string") throw invalid('Expected "hostname" to be a string');
  if (options.fd !== undefined && options.fd !== null) throw Object.assign(new Error('The option "fd" is not implemented in Crust yet'), { code: "ERR_NOT_IMPLEMENTED" });
  if (typeof hostname !== "string" || hostname === "") {
    if (options.port !== undefined) portOf(options.port);
    throw invalid('Expected either "hostname" or "unix"');
  }
  if (options.port === undefined || options.port === null) throw invalid('Missing "port"');
  return { unix: undefined, hostname: hostname.replace(/^\[(.*)\]$/, "$1"), port: portOf(options.port) };
}
