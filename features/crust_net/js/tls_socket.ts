// `tls.TLSSocket`: a `net.Socket` whose native connection speaks TLS. Whom to trust is judged after the handshake and
// before anything is written.

import * as native from "crust:ops/net";
import { codes } from "crust:node/internal/errors";
import { validateBoolean, validateObject, validateString, validateUint32 } from "crust:node/internal/validators";
import { checkServerIdentity, describeCertificate, peerCertificate, peerNames } from "crust:net/certificates";
import { describeCipher } from "crust:net/ciphers";
import { toBuffer } from "crust:net/handles";
import type { SocketEvents } from "crust:net/handles";
import { isIP } from "crust:net/ip";
import { Handle } from "crust:net/net_handle";
import { adopt, kEvents, kState, Socket, socketEvents } from "crust:net/net_socket";
import { protocolsOf, SecureContext } from "crust:net/secure_context";

/** What a TLS socket keeps beside what every socket keeps. */
interface Secure {
  isServer: boolean;
  context: SecureContext;
  ask: boolean;
  rejectUnauthorized: boolean;
  protocols: Uint8Array;
  /** The name in the certificate; null asks for none. */
  host: string | null;
  /** The name that is asked for in the handshake (SNI). */
  sni: string | null;
  checkIdentity: (host: string, certificate: any) => Error | undefined;
  hasOwnCheck: boolean;
  started: boolean;
  done: boolean;
  ownCertificate: string | null;
}

export const kSecure = Symbol("kSecure");

const disconnected = (socket: any): Error => {
  const isServer = socket[kSecure].isServer;
  const error: any = new Error(isServer ? "socket hang up" : "Client network socket disconnected before secure TLS connection was established");
  error.code = "ECONNRESET";
  if (!isServer) Object.assign(error, { path: socket._path, host: socket._host ?? undefined, port: socket._port, localAddress: undefined });
  return error;
};

const tlsEvents: SocketEvents = {
  ...socketEvents,
  end(socket: any) {
    if (socket[kSecure].done) socketEvents.end!(socket);
    else handshakeFailed(socket, disconnected(socket));
  },
  failed(socket: any, error) {
    if (socket[kSecure].done || typeof error === "number") {
      if (!socket[kSecure].done && socket[kSecure].isServer) handshakeFailed(socket, Object.assign(disconnected(socket), { errno: error }));
      else socketEvents.failed!(socket, error);
    } else handshakeFailed(socket, error);
  },
  secured(socket: any) {
    const secure: Secure = socket[kSecure];
    secure.done = true;
    socket.secureConnecting = false;
    const info = native.tlsInfo(socket._handle.id);
    socket.alpnProtocol = info.protocol ?? false;
    socket.servername = (secure.isServer ? info.name : secure.sni) ?? false;
    judge(socket, secure);
  },
};

// On a server the listener hears of it; the socket itself has nobody who could listen yet.
function handshakeFailed(socket: any, error: Error): void {
  socket._tlsError = error;
  if (socket[kSecure].isServer && socket._tlsServer) {
    socket._tlsServer.emit("tlsClientError", error, socket);
    socket.destroy();
  } else socket.destroy(error);
}

function judge(socket: any, secure: Secure): void {
  const { id } = socket._handle;
  let error: any = null;
  if (!secure.isServer || secure.ask) {
    const judged = native.tlsJudge(id, secure.context.context, secure.isServer);
    if (judged !== null) error = Object.assign(new Error(judged.message), { code: judged.code });
  }
  if (error === null && !secure.isServer && secure.host !== null) {
    const certificate = secure.hasOwnCheck ? peerCertificate(id, true) : peerNames(id);
    error = secure.checkIdentity(secure.host, certificate) ?? null;
  }
  socket.authorized = error === null && (!secure.isServer || secure.ask);
  socket.authorizationError = error === null ? null : (error.code ?? error.message);
  if (error !== null && secure.rejectUnauthorized) {
    if (secure.isServer) handshakeFailed(socket, error);
    else socket.destroy(error);
    return;
  }
  socket.emit("secure");
  if (!secure.isServer) socket.emit("secureConnect");
  // What arrived with the handshake finds a reader only now.
  if (!socket.destroyed && socket.readable && !socket.isPaused()) socket.read(0);
}

function readSecure(options: any): Secure {
  const isServer = Boolean(options.isServer);
  const context = options.secureContext ?? options.server?._sharedContext ?? new SecureContext(options);
  const named = options.servername || options.host || null;
  return {
    isServer,
    context,
    ask: isServer && options.requestCert === true,
    rejectUnauthorized: isServer ? options.requestCert === true && options.rejectUnauthorized !== false : options.rejectUnauthorized !== false,
    protocols: protocolsOf(options.ALPNProtocols),
    host: isServer ? null : named,
    sni: !isServer && options.servername && isIP(options.servername) === 0 ? options.servername : null,
    checkIdentity: options.checkServerIdentity ?? checkServerIdentity,
    hasOwnCheck: options.checkServerIdentity !== undefined,
    started: false,
    done: false,
    ownCertificate: null,
  };
}

export function TLSSocket(this: any, socket?: any, options: any = {}): any {
  if (!(this instanceof (TLSSocket as any))) return new (TLSSocket as any)(socket, options);
  const wrapped = socket !== undefined && socket !== null;
  if (wrapped && !(socket instanceof (Socket as any))) throw new codes.ERR_NOT_IMPLEMENTED!("tls over a stream that is no net.Socket");
  this[kSecure] = readSecure(options);
  const { allowHalfOpen, highWaterMark, signal, noDelay, keepAlive, keepAliveInitialDelay, onread } = options;
  (Socket as any).call(this, { allowHalfOpen: wrapped ? socket.allowHalfOpen : allowHalfOpen, highWaterMark, signal, noDelay, keepAlive, keepAliveInitialDelay, onread });
  this.encrypted = true;
  this.authorized = false;
  this.authorizationError = null;
  this.alpnProtocol = null;
  this.servername = this[kSecure].isServer ? null : (options.servername ?? null);
  this.secureConnecting = true;
  this.ssl = {};
  this._tlsOptions = options;
  this._tlsError = null;
  this._path = options.path;
  this._port = options.port;
  this._host = options.host ?? null;
  if (!wrapped) {
    this.once("connect", () => startHandshake(this));
    return;
  }
  this._parent = socket;
  this.server = options.server ?? null;
  wrap(this, socket);
}
Object.setPrototypeOf(TLSSocket.prototype, Socket.prototype);
Object.setPrototypeOf(TLSSocket, Socket);

const proto: any = TLSSocket.prototype;
proto[kEvents] = tlsEvents;

// Takes the connection of another socket over, once it has one.
function wrap(socket: any, inner: any): void {
  inner.on("close", () => socket.destroy());
  inner.on("error", (error: unknown) => {
    if (!socket.destroyed) socket.destroy(error);
  });
  socket.once("close", () => inner.destroy());
  const take = (): void => {
    if (socket.destroyed || !inner._handle) return;
    const id = inner._handle.surrender();
    socket.connecting = false;
    inner[kState].paused = false;
    // What the other socket had read already belongs to whoever read it.
    adopt(socket, id);
    native.socketPause(id, false);
    startHandshake(socket);
  };
  if (inner.connecting) {
    socket.connecting = true;
    inner.once("connect", () => {
      take();
      socket.emit("connect");
    });
  } else if (inner._handle) take();
  else process.nextTick(() => socket.destroy(disconnected(socket)));
}

function startHandshake(socket: any): void {
  const secure: Secure = socket[kSecure];
  if (secure.started || !(socket._handle instanceof Handle)) return;
  secure.started = true;
  try {
    native.tlsStart(socket._handle.id, secure.context.context, secure.isServer, secure.sni, secure.ask, secure.protocols);
  } catch (error: any) {
    process.nextTick(handshakeFailed, socket, error);
  }
}

proto.setServername = function (name: any): void {
  validateString(name, "name");
  if (this[kSecure].isServer) throw Object.assign(new Error("Cannot issue SNI from a TLS server-side socket"), { code: "ERR_TLS_SNI_FROM_SERVER" });
  if (this[kSecure].started) throw new codes.ERR_NOT_IMPLEMENTED!("tlsSocket.setServername after the start of the handshake");
  this[kSecure].host = name;
  this[kSecure].sni = name;
  this.servername = name;
};

function info(socket: any): any {
  return socket._handle instanceof Handle && socket._handle.id !== -1 ? native.tlsInfo(socket._handle.id) : null;
}
proto.getProtocol = function (): string | null {
  return info(this)?.version ?? null;
};
proto.getCipher = function (): any {
  const known = info(this);
  return known === null || known.cipher === null ? undefined : describeCipher(known);
};
proto.isSessionReused = function (): boolean {
  return info(this)?.resumed === true;
};
proto.getPeerCertificate = function (detailed?: boolean): any {
  return this._handle ? peerCertificate(this._handle.id, detailed === true) : null;
};
proto.getCertificate = function (): any {
  if (!this._handle) return null;
  const { cert } = this._tlsOptions.server?._tlsOptions ?? this._tlsOptions;
  const pem: string | null = require("crust:net/secure_context").pemText(Array.isArray(cert) ? cert[0] : cert, "cert");
  const body = pem === null ? undefined : /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(pem)?.[1];
  return body === undefined ? {} : describeCertificate(require("node:buffer").Buffer.from(body, "base64"));
};
proto.exportKeyingMaterial = function (length: any, label: any, context?: any): any {
  validateUint32(length, "length", true);
  validateString(label, "label");
  if (!this[kSecure].done || !this._handle) throw Object.assign(new Error("TLS socket connection must be securely established"), { code: "ERR_TLS_INVALID_STATE" });
  return toBuffer(native.tlsExportKeyingMaterial(this._handle.id, length, label, context));
};
// Without sessions of the program's own there are none to show; the library resumes by itself.
proto.getSession = (): undefined => undefined;
proto.getTLSTicket = (): undefined => undefined;
proto.disableRenegotiation = function (): void {
  // The library never renegotiates.
};
proto.renegotiate = function (options: any, callback?: (error: Error) => void): boolean {
  validateObject(options, "options");
  if (options.rejectUnauthorized !== undefined) validateBoolean(options.rejectUnauthorized, "options.rejectUnauthorized");
  const error = Object.assign(new Error("The TLS library does not renegotiate"), { code: "ERR_TLS_RENEGOTIATION_DISABLED" });
  if (callback) process.nextTick(callback, error);
  return false;
};
for (const name of [
  "enableTrace", "getEphemeralKeyInfo", "getFinished", "getPeerFinished", "getPeerX509Certificate", "getSharedSigalgs", "getX509Certificate",
  "setKeyCert", "setMaxSendFragment", "setSession",
]) {
  proto[name] = { [name](): never {
    throw new codes.ERR_NOT_IMPLEMENTED!(`tlsSocket.${name}`);
  } }[name];
}
