// Certificates, keys and authorities as programs pass them, made into a native context. Never opens a connection.

import * as native from "crust:ops/net";
import { Buffer } from "crust:node/buffer";

const dropped = new FinalizationRegistry<number>((id) => native.tlsContextDrop(id));
const VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

function coded(Class: ErrorConstructor, code: string, message: string): Error {
  return Object.assign(new Class(message), { code });
}

function pemOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer as any, bytes.byteOffset, bytes.byteLength);
  // The first byte of every DER certificate.
  if (buffer[0] !== 0x30) return buffer.toString("utf8");
  return toPem(buffer);
}

/** A DER certificate as PEM text. */
export function toPem(der: Uint8Array): string {
  const text: string = Buffer.from(der.buffer as any, der.byteOffset, der.byteLength).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${text.match(/.{1,64}/g)!.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** One value or a list of strings, bytes and `Bun.file`s as one PEM text; null for nothing. */
export function pemText(value: any, name: string): string | null {
  if (value === undefined || value === null || value === false) return null;
  if (Array.isArray(value)) {
    const texts = value.map((one) => pemText(one?.pem ?? one, name) ?? "");
    return texts.length === 0 ? null : texts.join("\n");
  }
  if (typeof value === "string") return value;
  if (ArrayBuffer.isView(value)) return pemOf(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (value instanceof ArrayBuffer) return pemOf(new Uint8Array(value));
  // A Bun.file is read now: configurations are made before connections.
  if (typeof value === "object" && typeof value.name === "string" && typeof value.arrayBuffer === "function") {
    return pemOf(require("node:fs").readFileSync(value.name));
  }
  throw coded(TypeError, "ERR_INVALID_ARG_TYPE", `The "options.${name}" property must be of type string or an instance of Buffer, TypedArray, DataView, or BunFile.`);
}

function checkVersion(version: unknown, name: string): number {
  const at = VERSIONS.indexOf(version as string);
  if (at === -1) throw coded(TypeError, "ERR_TLS_INVALID_PROTOCOL_VERSION", `${JSON.stringify(version)} is not a valid ${name} TLS protocol version`);
  return at;
}

// What changes who is trusted or what is spoken must not be passed over.
const REFUSED = ["pfx", "crl", "privateKeyEngine", "privateKeyIdentifier", "clientCertEngine", "secureProtocol", "pskCallback", "allowPartialTrustChain"];

function keyOf(options: any): { key: string | null; passphrase: string | null } {
  const first = Array.isArray(options.key) ? options.key[0] : options.key;
  const isPair = first !== null && typeof first === "object" && "pem" in first;
  const key = isPair ? first.pem : first;
  const passphrase = (isPair ? first.passphrase : undefined) ?? options.passphrase;
  return { key: pemText(key, "key"), passphrase: passphrase === undefined ? null : String(passphrase) };
}

let defaultAuthorities: string | null = null;
/** Whom contexts trust that name nobody: `tls.setDefaultCACertificates`. */
export function setDefaultAuthorities(texts: string[]): void {
  defaultAuthorities = texts.join("\n");
}

export class SecureContext {
  /** The native's number; what Node calls the context's handle. */
  readonly context: number;
  readonly hasIdentity: boolean;

  constructor(options: any = {}) {
    for (const name of REFUSED) {
      if (options[name] !== undefined && options[name] !== null) throw coded(Error, "ERR_NOT_IMPLEMENTED", `The TLS option "${name}" is not implemented in Crust yet`);
    }
    const { key, passphrase } = keyOf(options);
    const cert = pemText(Array.isArray(options.cert) ? options.cert[0] : options.cert, "cert");
    const least = options.minVersion == null ? 2 : checkVersion(options.minVersion, "minimum");
    const most = options.maxVersion == null ? 3 : checkVersion(options.maxVersion, "maximum");
    this.hasIdentity = key !== null && cert !== null;
    this.context = native.tlsContext(cert, key, passphrase, pemText(options.ca, "ca") ?? defaultAuthorities, least <= 2 && most >= 2, most >= 3);
    dropped.register(this, this.context);
  }
}

/** Protocol names in RFC 7301's wire format. */
export function protocolsOf(value: any): Uint8Array {
  if (value === undefined || value === null || value === false) return new Uint8Array(0);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const names: string[] = Array.isArray(value) ? value : String(value).split(",");
  const parts = names.flatMap((name) => {
    const bytes = typeof name === "string" ? Buffer.from(name, "latin1") : name;
    if (bytes.length === 0 || bytes.length > 255) throw coded(RangeError, "ERR_OUT_OF_RANGE", "The byte length of the protocol name must be between 1 and 255");
    return [Buffer.from([bytes.length]), bytes];
  });
  return Buffer.concat(parts);
}
