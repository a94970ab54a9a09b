// Certificates, keys and authorities as programs pass them, made into a native context. Never opens a connection.

import * as native from "crust:ops/net";
import { Buffer } from "crust:node/buffer";
import { checkChoices } from "crust:net/tls_choices";

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
/** Only what is asked for is missed. */
const ASKED = ["requestOCSP", "enableTrace"];

// `secureOptions` of OpenSSL: versions that are left out, and what is so here anyway (no SSL 3, TLS 1.0 and 1.1, no
// compression, no renegotiation, work-arounds for old peers, the server's order of suites).
const NO_TLS_1_2 = 0x0800_0000;
const NO_TLS_1_3 = 0x2000_0000;
const ALWAYS_SO = 0x0200_0000 | 0x0400_0000 | 0x1000_0000 | 0x0002_0000 | 0x4000_0000 | 0x8000_0850 | 0x0040_0000;

function versionsLeftOut(value: unknown): { two: boolean; three: boolean } {
  if (value === undefined || value === null) return { two: false, three: false };
  if (typeof value !== "number") throw coded(TypeError, "ERR_INVALID_ARG_TYPE", `The "options.secureOptions" property must be of type number. Received ${typeof value}`);
  const others = value & ~(NO_TLS_1_2 | NO_TLS_1_3 | ALWAYS_SO);
  if (others !== 0) throw coded(Error, "ERR_NOT_IMPLEMENTED", `The TLS option "secureOptions" with 0x${(others >>> 0).toString(16)} is not implemented in Crust yet`);
  return { two: (value & NO_TLS_1_2) !== 0, three: (value & NO_TLS_1_3) !== 0 };
}

// Of several certificates the peer's abilities would choose one.
function checkOne(value: unknown, name: string): void {
  if (Array.isArray(value) && value.length > 1) throw coded(Error, "ERR_NOT_IMPLEMENTED", `The TLS option "${name}" with several values is not implemented in Crust yet`);
}

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
    if (options.ciphers !== undefined || options.ecdhCurve !== undefined || options.sigalgs !== undefined) checkChoices(options);
    for (const name of ASKED) if (options[name] === true) throw coded(Error, "ERR_NOT_IMPLEMENTED", `The TLS option "${name}" is not implemented in Crust yet`);
    checkOne(options.key, "key");
    checkOne(options.cert, "cert");
    const without = versionsLeftOut(options.secureOptions);
    const { key, passphrase } = keyOf(options);
    const cert = pemText(Array.isArray(options.cert) ? options.cert[0] : options.cert, "cert");
    const least = options.minVersion == null ? 2 : checkVersion(options.minVersion, "minimum");
    const most = options.maxVersion == null ? 3 : checkVersion(options.maxVersion, "maximum");
    this.hasIdentity = key !== null && cert !== null;
    this.context = native.tlsContext(cert, key, passphrase, pemText(options.ca, "ca") ?? defaultAuthorities, least <= 2 && most >= 2 && !without.two, most >= 3 && !without.three);
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
