// `Bun.udpSocket`: its options and the socket object.

import * as native from "crust:ops/net";
import { own, release } from "crust:net/datagrams";
import type { DatagramEvents } from "crust:net/datagrams";
import { toBuffer } from "crust:net/handles";
import { invalid } from "crust:net/bun_handlers";
import { familyName, isIP } from "crust:net/ip";
import { codeOf } from "crust:net/system_error";

type BinaryType = "buffer" | "uint8array" | "arraybuffer";

interface Handlers {
  data?: Function;
  drain?: Function;
  error?: Function;
}

function readHandlers(value: any): Handlers {
  if (value === undefined) return {};
  if (value === null || typeof value !== "object") throw invalid('Expected "socket" to be an object');
  const handlers: Handlers = {};
  for (const name of ["data", "drain", "error"] as const) {
    const handler = value[name];
    if (handler === undefined || handler === null) continue;
    if (typeof handler !== "function") throw invalid(`Expected "socket.${name}" to be a function`);
    handlers[name] = handler;
  }
  return handlers;
}

function binaryTypeOf(value: unknown): BinaryType {
  return value === "uint8array" || value === "arraybuffer" ? value : "buffer";
}

function isPort(value: unknown, least: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= 65535;
}

/** A failed call as Bun words it: `EINVAL: invalid argument, setsockopt`. */
function failure(errno: number, syscall: string): Error {
  const { systemErrorMap } = require("crust:node/internal/system_errors");
  const [code, text] = systemErrorMap().get(errno) ?? ["UNKNOWN", "unknown error"];
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), { code, syscall, errno });
}

interface Settings {
  hostname: string;
  port: number;
  flags: { reuseAddr: boolean; reusePort: boolean; ipv6Only: boolean };
  connect: { hostname: string; port: number } | undefined;
}

function readSettings(options: any): Settings {
  const port = options.port ?? 0;
  if (!isPort(port, 0)) throw invalid('Expected "port" to be an integer between 0 and 65535');
  const hostname = options.hostname ?? "0.0.0.0";
  if (typeof hostname !== "string") throw invalid('Expected "hostname" to be a string');
  let connect: Settings["connect"];
  if (options.connect !== undefined && options.connect !== null) {
    if (typeof options.connect !== "object") throw invalid('Expected "connect" to be an object');
    const to = options.connect;
    if (typeof to.hostname !== "string") throw invalid('Expected "connect.hostname" to be a string');
    if (typeof to.port !== "number") throw invalid('Expected "connect.port" to be an integer');
    if (!isPort(to.port, 1)) throw invalid('Expected "connect.port" to be an integer between 1 and 65535');
    connect = { hostname: to.hostname, port: to.port };
  }
  const flags = { reuseAddr: options.reuseAddr === true, reusePort: options.reusePort === true, ipv6Only: options.ipv6Only === true };
  return { hostname, port, flags, connect };
}

function bindFailure(code: string, errno: number, hostname: string): Error {
  return Object.assign(new Error(`bind ${code} ${hostname}`), { code, errno: -errno, syscall: "bind", address: hostname });
}

async function resolve(hostname: string, family: number): Promise<string> {
  if (isIP(hostname) !== 0) return hostname;
  const found: string[] = await native.lookupHost(hostname, family, 0);
  return found[0]!;
}

async function open(settings: Settings): Promise<number> {
  const { hostname, port, flags, connect } = settings;
  let address: string;
  try {
    address = await resolve(hostname, 0);
  } catch {
    throw bindFailure("ENOENT", -2, hostname);
  }
  let id: number;
  try {
    id = native.datagramBind(address, port, flags.reuseAddr, flags.reusePort, flags.ipv6Only);
  } catch (error: any) {
    throw bindFailure(codeOf(error.errno ?? -22), error.errno ?? -22, hostname);
  }
  if (connect === undefined) return id;
  try {
    const to = await resolve(connect.hostname, isIP(address) === 4 ? 4 : 0);
    const errno = native.datagramConnect(id, to, connect.port);
    if (errno < 0) throw failure(errno, "connect");
  } catch (error) {
    native.datagramClose(id);
    throw error;
  }
  return id;
}

function portNumber(port: any): number {
  const number = Number(port);
  if (!isPort(number, 1)) throw invalid('Expected "port" to be an integer between 1 and 65535');
  return number;
}

class UDPSocket {
  #id: number;
  #handlers: Handlers;
  #connected: boolean;
  #local: any;
  #peer: any;
  readonly hostname: string;
  readonly binaryType: BinaryType;

  constructor(id: number, settings: Settings, handlers: Handlers, binaryType: BinaryType) {
    this.#id = id;
    this.#handlers = handlers;
    this.#connected = settings.connect !== undefined;
    this.#local = native.datagramLocal(id);
    this.#peer = this.#connected ? native.datagramPeer(id) : null;
    this.hostname = settings.hostname;
    this.binaryType = binaryType;
    own(id, this, UDPSocket.#events);
  }

  static readonly #events: DatagramEvents = {
    message: (socket: UDPSocket, bytes, address, port, truncated) => socket.#onMessage(bytes, address, port, truncated),
    drain: (socket: UDPSocket) => socket.#onDrain(),
    failed: (socket: UDPSocket, errno) => socket.#onFailed(errno),
  };
  #onMessage(bytes: Uint8Array, address: string, port: number, truncated: boolean): void {
    const { data } = this.#handlers;
    if (data === undefined) return;
    const value = this.binaryType === "buffer" ? toBuffer(bytes) : this.binaryType === "uint8array" ? bytes : bytes.buffer;
    this.#run(data, this, value, port, address, { truncated, ipv6: address.includes(":") });
  }
  #onDrain(): void {
    if (this.#handlers.drain !== undefined) this.#run(this.#handlers.drain, this);
  }
  #onFailed(errno: number): void {
    this.#report(failure(errno, "recv"));
  }
  #run(handler: Function, ...args: unknown[]): void {
    try {
      handler.apply(this, args);
    } catch (error) {
      this.#report(error);
    }
  }
  #report(error: unknown): void {
    if (this.#handlers.error === undefined) throw error;
    this.#handlers.error.call(this, error);
  }

  #open(): number {
    if (this.#id === -1) throw new Error("Socket is closed");
    return this.#id;
  }
  #send(data: unknown, address: string | null, port: number): boolean {
    if (typeof data !== "string" && !ArrayBuffer.isView(data) && !(data instanceof ArrayBuffer)) throw invalid("Expected ArrayBufferView or string as first argument");
    if (address !== null && isIP(address) === 0) throw invalid("Invalid address");
    const sent = native.datagramSend(this.#id, data, address, port);
    if (sent < 0) throw failure(sent, "send");
    return sent === 1;
  }
  send(data: any, port?: any, address?: any): boolean {
    this.#open();
    if (this.#connected) {
      if (port !== undefined || address !== undefined) throw invalid("Cannot specify destination on connected socket");
      return this.#send(data, null, 0);
    }
    if (port === undefined || address === undefined) throw invalid(`Expected 3 arguments, got ${port === undefined ? 1 : 2}`);
    return this.#send(data, `${address}`, portNumber(port));
  }
  sendMany(packets: any): number {
    this.#open();
    if (!Array.isArray(packets)) throw invalid("Expected first argument to be a array for 'sendMany'.");
    const width = this.#connected ? 1 : 3;
    if (packets.length % width !== 0) throw invalid("Expected 3 arguments for each packet");
    let sent = 0;
    for (let index = 0; index < packets.length; index += width) {
      const ok = this.#connected ? this.#send(packets[index], null, 0) : this.#send(packets[index], `${packets[index + 2]}`, portNumber(packets[index + 1]));
      if (!ok) break;
      sent++;
    }
    return sent;
  }
  close(): void {
    if (this.#id === -1) return;
    const id = this.#id;
    this.#id = -1;
    release(id);
  }
  reload(options: any): void {
    if (options === null || typeof options !== "object") throw invalid("Expected an object");
    if (options.socket !== undefined) this.#handlers = readHandlers(options.socket);
  }
  ref(): void {
    if (this.#id !== -1) native.datagramRef(this.#id, true);
  }
  unref(): void {
    if (this.#id !== -1) native.datagramRef(this.#id, false);
  }

  #option(name: string, value: number): void {
    const errno = this.#id === -1 ? -9 : native.datagramOption(this.#id, name, value);
    if (errno < 0) throw failure(errno, "setsockopt");
  }
  setBroadcast(enabled: unknown): boolean {
    this.#option("broadcast", enabled ? 1 : 0);
    return Boolean(enabled);
  }
  setTTL(ttl: number): number {
    this.#option("ttl", ttl >>> 0);
    return ttl;
  }
  setMulticastTTL(ttl: number): number {
    this.#option("multicastTtl", ttl >>> 0);
    return ttl;
  }
  setMulticastLoopback(enabled: unknown): boolean {
    this.#option("multicastLoopback", enabled ? 1 : 0);
    return Boolean(enabled);
  }
  setMulticastInterface(address: unknown): boolean {
    const errno = this.#id === -1 ? -9 : native.datagramMulticastInterface(this.#id, `${address}`);
    if (errno < 0) throw failure(errno, "setsockopt");
    return true;
  }
  #membership(join: boolean, group: unknown, at: unknown, source: string | null): boolean {
    const errno = this.#id === -1 ? -9 : native.datagramMembership(this.#id, join, `${group}`, at === undefined ? null : `${at}`, source);
    if (errno < 0) throw failure(errno, "setsockopt");
    return true;
  }
  addMembership(group: unknown, at?: unknown): boolean {
    return this.#membership(true, group, at, null);
  }
  dropMembership(group: unknown, at?: unknown): boolean {
    return this.#membership(false, group, at, null);
  }
  addSourceSpecificMembership(source: unknown, group: unknown, at?: unknown): boolean {
    return this.#membership(true, group, at, `${source}`);
  }
  dropSourceSpecificMembership(source: unknown, group: unknown, at?: unknown): boolean {
    return this.#membership(false, group, at, `${source}`);
  }

  get closed(): boolean {
    return this.#id === -1;
  }
  get port(): number | undefined {
    return this.#id === -1 ? undefined : this.#local?.[1];
  }
  get address(): any {
    return describe(this.#local);
  }
  get remoteAddress(): any {
    return describe(this.#peer);
  }
  get fd(): number {
    return this.#id === -1 ? -1 : native.datagramDescriptor(this.#id);
  }
  get [Symbol.toStringTag](): string {
    return "UDPSocket";
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

function describe(address: any): any {
  return Array.isArray(address) ? { address: address[0], family: familyName(address[2]), port: address[1] } : undefined;
}

export function udpSocket(options: any): Promise<UDPSocket> {
  if (options === null || typeof options !== "object") throw invalid("Expected an object");
  const handlers = readHandlers(options.socket);
  const settings = readSettings(options);
  return open(settings).then((id) => new UDPSocket(id, settings, handlers, binaryTypeOf(options.binaryType)));
}
