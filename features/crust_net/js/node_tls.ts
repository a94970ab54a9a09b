// `node:tls`.

import * as native from "crust:ops/net";
import { codes } from "crust:node/internal/errors";
import { validateOneOf, validateString } from "crust:node/internal/validators";
import { checkServerIdentity } from "crust:net/certificates";
import { NAMES } from "crust:net/ciphers";
import { connectSocket, normalizeArgs } from "crust:net/net_connect";
import { protocolsOf, SecureContext, setDefaultAuthorities, toPem } from "crust:net/secure_context";
import { Server } from "crust:net/tls_server";
import { TLSSocket } from "crust:net/tls_socket";

export { checkServerIdentity, SecureContext, Server, TLSSocket };

export const CLIENT_RENEG_LIMIT = 3;
export const CLIENT_RENEG_WINDOW = 600;
export const DEFAULT_CIPHERS = NAMES.join(":");
export const DEFAULT_ECDH_CURVE = "auto";
export const DEFAULT_MIN_VERSION = "TLSv1.2";
export const DEFAULT_MAX_VERSION = "TLSv1.3";
export const getCertificateCompressionAlgorithms = (): string[] => [];
export const getCiphers = (): string[] => NAMES.map((name) => name.toLowerCase());

// The store is read when somebody looks: programs import this module for other things.
function lazyList(read: () => string[]): readonly string[] {
  const list: string[] = [];
  let filled = false;
  const fill = (): string[] => {
    if (!filled) {
      filled = true;
      list.push(...read());
      Object.freeze(list);
    }
    return list;
  };
  return new Proxy(list, {
    get: (_target, key) => Reflect.get(fill(), key),
    has: (_target, key) => Reflect.has(fill(), key),
    ownKeys: () => Reflect.ownKeys(fill()),
    getOwnPropertyDescriptor: (_target, key) => Reflect.getOwnPropertyDescriptor(fill(), key),
    set: () => false,
  });
}

const pems = (extra: boolean): string[] => [...new Set((native.tlsSystemCertificates(extra) as Uint8Array[]).map(toPem))];
export const rootCertificates: readonly string[] = lazyList(() => pems(false));

let defaultAuthorities: readonly string[] | undefined;

/** The authorities of a kind. `bundled` are the system's: Crust brings none of its own. */
export function getCACertificates(type: unknown = "default"): readonly string[] {
  validateOneOf(type, "type", ["default", "system", "bundled", "extra"]);
  if (type === "extra") return Object.freeze(pems(true));
  if (type !== "default") return rootCertificates;
  return defaultAuthorities ?? Object.freeze([...rootCertificates, ...pems(true)]);
}

export function setDefaultCACertificates(certificates: unknown): void {
  if (!Array.isArray(certificates)) throw new codes.ERR_INVALID_ARG_TYPE!("certs", "Array", certificates);
  const texts = certificates.map((one, index) => {
    if (typeof one !== "string" && !ArrayBuffer.isView(one)) throw new codes.ERR_INVALID_ARG_TYPE!(`certs[${index}]`, ["string", "ArrayBufferView"], one);
    return typeof one === "string" ? one : require("node:buffer").Buffer.from(one.buffer, one.byteOffset, one.byteLength).toString();
  });
  setDefaultAuthorities(texts);
  defaultAuthorities = Object.freeze([...new Set(texts)]);
}

export function convertALPNProtocols(protocols: any, out: { ALPNProtocols?: unknown }): void {
  if (Array.isArray(protocols) || ArrayBuffer.isView(protocols)) out.ALPNProtocols = require("node:buffer").Buffer.from(protocolsOf(protocols));
}

export function createSecureContext(options?: any): SecureContext {
  return new SecureContext(options ?? {});
}

export function createServer(options?: any, listener?: any): any {
  return new (Server as any)(options, listener);
}

// `(options, callback)`, `(port, host, options, callback)` and `(path, options, callback)`.
function readArgs(args: any[]): [any, any] {
  const [options, callback] = normalizeArgs(args);
  const index = args.findIndex((arg, at) => at > 0 && arg !== null && typeof arg === "object");
  return [index === -1 ? options : { ...options, ...args[index] }, callback];
}

export function connect(...args: any[]): any {
  const [given, callback] = readArgs(args);
  const options = { rejectUnauthorized: process.env.NODE_TLS_REJECT_UNAUTHORIZED !== "0", ...given };
  if (options.session !== undefined && options.session !== null) throw new codes.ERR_NOT_IMPLEMENTED!("tls.connect option session");
  if (options.servername !== undefined && options.servername !== null) validateString(options.servername, "options.servername");
  if (options.checkServerIdentity !== undefined && typeof options.checkServerIdentity !== "function") throw new codes.ERR_INVALID_ARG_TYPE!("options.checkServerIdentity", "Function", options.checkServerIdentity);
  const host = options.host || (options.socket ? options.socket._host : undefined) || (options.path ? undefined : "localhost");
  const socket = new (TLSSocket as any)(options.socket, { ...options, host });
  if (host !== undefined) socket._host = host;
  if (callback !== null) socket.once("secureConnect", callback);
  if (options.socket) return socket;
  if (options.timeout) socket.setTimeout(options.timeout);
  connectSocket(socket, [[{ ...options, ...(options.path ? {} : { host }) }, null]]);
  return socket;
}

export default {
  CLIENT_RENEG_LIMIT, CLIENT_RENEG_WINDOW, DEFAULT_CIPHERS, DEFAULT_ECDH_CURVE, DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION, getCiphers,
  getCertificateCompressionAlgorithms, rootCertificates, getCACertificates, setDefaultCACertificates, convertALPNProtocols, checkServerIdentity,
  createSecureContext, SecureContext, TLSSocket, Server, createServer, connect,
};
