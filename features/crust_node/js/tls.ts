// `node:tls`: its constants. Encrypted sockets do not exist here yet and refuse.

import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";

export const CLIENT_RENEG_LIMIT = 3;
export const CLIENT_RENEG_WINDOW = 600;
export const DEFAULT_CIPHERS =
  "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:" +
  "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384";
export const DEFAULT_ECDH_CURVE = "auto";
export const DEFAULT_MIN_VERSION = "TLSv1.2";
export const DEFAULT_MAX_VERSION = "TLSv1.3";
export const rootCertificates: readonly string[] = Object.freeze([]);
export const getCertificateCompressionAlgorithms = (): string[] => [];
export const getCiphers = (): string[] => DEFAULT_CIPHERS.toLowerCase().split(":");

/** The wire form of protocol names (RFC 7301): each behind its length. */
export function convertALPNProtocols(protocols: any, out: { ALPNProtocols?: unknown }): void {
  const { Buffer } = require("node:buffer");
  if (Array.isArray(protocols)) {
    const parts = protocols.map((name: string) => Buffer.from(name));
    out.ALPNProtocols = Buffer.concat(parts.flatMap((part: any) => [Buffer.from([part.length]), part]));
  } else if (ArrayBuffer.isView(protocols)) out.ALPNProtocols = Buffer.from(protocols as any);
}

export const { getCACertificates, setDefaultCACertificates, checkServerIdentity, createSecureContext, createServer, connect } = refusedFunctions(
  "tls", "getCACertificates", "setDefaultCACertificates", "checkServerIdentity", "createSecureContext", "createServer", "connect",
);
export const { SecureContext, TLSSocket, Server } = refusedClasses("tls", "SecureContext", "TLSSocket", "Server");

export default {
  CLIENT_RENEG_LIMIT, CLIENT_RENEG_WINDOW, DEFAULT_CIPHERS, DEFAULT_ECDH_CURVE, DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION, getCiphers,
  getCertificateCompressionAlgorithms, rootCertificates, getCACertificates, setDefaultCACertificates, convertALPNProtocols, checkServerIdentity,
  createSecureContext, SecureContext, TLSSocket, Server, createServer, connect,
};
