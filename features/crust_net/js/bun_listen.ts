// `Bun.listen` and `Bun.connect`.

import * as native from "crust:ops/net";
import { invalid, readHandlers, readPlace, replaceHandlers } from "crust:net/bun_handlers";
import type { Handlers, Place } from "crust:net/bun_handlers";
import { attach, isOfListener, TCPSocket, TLSSocket } from "crust:net/bun_socket";
import type { Secure } from "crust:net/bun_socket";
import { own, ownersWhere, ownListener, release, releaseListener } from "crust:net/handles";
import type { SocketEvents } from "crust:net/handles";
import { familyName, isIP } from "crust:net/ip";
import { codeOf, lookupError } from "crust:net/system_error";

const BACKLOG = 512;

/** TLS options as programs pass them: `true`, an object or a list of them by server name. */
export function secureOf(value: any, isServer: boolean, host: string): Secure {
  const { protocolsOf, SecureContext } = require("crust:net/secure_context");
  const all: any[] = Array.isArray(value) ? value : [value === true ? {} : value];
  const options = all[0] ?? {};
  if (typeof options !== "object") throw invalid('Expected "tls" to be a boolean or an object');
  const context = new SecureContext(options);
  if (isServer && !context.hasIdentity) throw Object.assign(new Error("TLS needs a certificate and its key"), { code: "ERR_SSL_NO_CERTIFICATE" });
  for (const other of isServer ? all : []) {
    const name = other.serverName ?? other.servername;
    if (typeof name === "string" && name !== "") native.tlsContextName(context.context, name, new SecureContext(other).context);
  }
  const servername = options.serverName ?? options.servername ?? host;
  return {
    context,
    isServer,
    servername: isServer ? null : servername || null,
    ask: isServer && options.requestCert === true,
    rejectUnauthorized: options.rejectUnauthorized !== false && (isServer || process.env.NODE_TLS_REJECT_UNAUTHORIZED !== "0"),
    protocols: protocolsOf(options.ALPNProtocols),
    checkIdentity: typeof options.checkServerIdentity === "function" ? options.checkServerIdentity : undefined,
  };
}

function listenFailure(errno: number, place: Place): Error {
  const where = place.unix ?? place.hostname;
  const error: any = new Error(`Failed to listen at ${where}`);
  error.syscall = "listen";
  error.errno = -errno;
  error.address = where;
  if (place.unix === undefined) error.port = place.port;
  error.code = codeOf(errno);
  return error;
}

function openListener(place: Place, options: any): number {
  const reusePort = options.reusePort === true || options.exclusive === false;
  if (place.unix !== undefined) {
    try {
      return native.listenUnix(place.unix, BACKLOG);
    } catch (error: any) {
      throw listenFailure(error.errno ?? -22, place);
    }
  }
  let addresses: string[] = [place.hostname];
  if (isIP(place.hostname) === 0) {
    try {
      addresses = native.lookupHostNow(place.hostname);
    } catch {
      throw new Error(`Failed to listen at ${place.hostname}`);
    }
  }
  let failure = -22;
  for (const address of addresses) {
    try {
      return native.listenTcp(address, place.port, BACKLOG, reusePort, options.ipv6Only === true, true);
    } catch (error: any) {
      failure = error.errno ?? failure;
    }
  }
  throw listenFailure(failure, place);
}

export class Listener {
  data: any;
  #id: number;
  #handlers: Handlers;
  #secure: Secure | undefined;
  #halfOpen: boolean;
  #place: Place;
  #local: any;

  constructor(options: any) {
    if (options === null || typeof options !== "object") throw invalid("Expected object");
    this.#handlers = readHandlers(options.socket);
    this.#place = readPlace(options);
    this.#secure = options.tls ? secureOf(options.tls, true, "") : undefined;
    this.data = options.data;
    this.#halfOpen = options.allowHalfOpen === true;
    this.#id = openListener(this.#place, options);
    ownListener(this.#id, {
      accepted: (id) => this.#accept(id),
      // Out of descriptors: the connection is gone, and there is no socket to tell of it.
      refused() {},
    });
    this.#local = native.listenerLocal(this.#id);
  }

  #accept(id: number): void {
    const Socket = this.#secure === undefined ? TCPSocket : TLSSocket;
    attach(new Socket(this.#handlers, this.data, this, this.#halfOpen, this.#secure), id);
  }

  stop(force?: boolean): void {
    if (this.#id !== -1) {
      const id = this.#id;
      this.#id = -1;
      releaseListener(id);
    }
    if (force) for (const socket of ownersWhere((owner): owner is TCPSocket => isOfListener(owner, this))) socket.end();
  }
  reload(options: any): void {
    if (options === null || typeof options !== "object") throw invalid("Expected options object");
    replaceHandlers(this.#handlers, readHandlers(options.socket));
  }
  ref(): void {
    if (this.#id !== -1) native.listenerRef(this.#id, true);
  }
  unref(): void {
    if (this.#id !== -1) native.listenerRef(this.#id, false);
  }
  getsockname(target?: any): any {
    if (this.#id === -1 || !Array.isArray(this.#local)) return undefined;
    return Object.assign(target ?? {}, { address: this.#local[0], port: this.#local[1], family: familyName(this.#local[2]) });
  }
  get hostname(): string | undefined {
    return this.#place.unix === undefined ? this.#place.hostname : undefined;
  }
  get port(): number | undefined {
    return Array.isArray(this.#local) ? this.#local[1] : undefined;
  }
  get unix(): string | undefined {
    return this.#place.unix;
  }
  get fd(): number {
    return this.#id === -1 ? -1 : native.listenerDescriptor(this.#id);
  }
  get [Symbol.toStringTag](): string {
    return "Listener";
  }
  [Symbol.dispose](): void {
    this.stop();
  }
}

export function listen(options: any): Listener {
  return new Listener(options);
}

function connectFailure(errno: number): Error {
  return Object.assign(new Error("Failed to connect"), { code: codeOf(errno), syscall: "connect", errno });
}

export function connect(options: any): Promise<TCPSocket | TLSSocket> {
  if (options === null || typeof options !== "object") throw invalid("Expected options object");
  const handlers = readHandlers(options.socket);
  const place = readPlace(options);
  const secure = options.tls ? secureOf(options.tls, false, place.unix === undefined ? place.hostname : "") : undefined;
  const Socket = secure === undefined ? TCPSocket : TLSSocket;
  const socket = new Socket(handlers, options.data, undefined, options.allowHalfOpen === true, secure);
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      try {
        handlers.connectError?.call(socket, socket, error);
      } catch (thrown) {
        (globalThis as any).reportError(thrown);
      }
      reject(error);
    };
    const connected = (id: number): void => {
      native.socketNoDelay(id, true);
      attach(socket, id);
      resolve(socket);
    };
    if (place.unix !== undefined) connectUnix(place.unix, connected, failed);
    else connectTcp(place, connected, failed);
  });
}

type Connected = (id: number) => void;
type Failed = (error: Error) => void;

function connectUnix(path: string, connected: Connected, failed: Failed): void {
  let id: number;
  try {
    id = native.connectUnix(path);
  } catch (error: any) {
    queueMicrotask(() => failed(connectFailure(error.errno ?? -22)));
    return;
  }
  const events: SocketEvents = {
    connected(_owner, errno) {
      if (errno === undefined) connected(id);
      else {
        release(id, false);
        failed(connectFailure(errno));
      }
    },
  };
  own(id, undefined, events);
}

async function connectTcp(place: Place, connected: Connected, failed: Failed): Promise<void> {
  let addresses = [place.hostname];
  if (isIP(place.hostname) === 0) {
    try {
      addresses = await require("crust:net/bun_dns").addressesOf(place.hostname);
    } catch (error: any) {
      failed(lookupError(error, place.hostname));
      return;
    }
  }
  require("crust:net/dial").dial(addresses, place.port, { connected, failed: (errno: number) => failed(connectFailure(errno)) });
}
