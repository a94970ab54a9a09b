// "Normalize an algorithm" of the Web Cryptography API: which algorithm has which operation, and the dictionary of
// parameters that each takes. What an operation does is in algorithms/, loaded when it is first used.

import { notSupported } from "crust:crypto/errors";
import { isCryptoKey } from "crust:crypto/crypto_key";
import type { CryptoKey, CryptoKeyPair, KeyUsage } from "crust:crypto/crypto_key";
import type { JsonWebKey } from "crust:crypto/jwk";
import { bytesOf, codedTypeError, isArrayBuffer, isObject, isSharedArrayBuffer, toDOMString } from "crust:web/webidl";

export type Operation =
  | "encrypt" | "decrypt" | "sign" | "verify" | "digest" | "generateKey" | "deriveBits" | "importKey" | "exportKey"
  | "keyLength" | "wrapKey" | "unwrapKey" | "getPublicKey";

/** Converted parameters: names as the standard writes them, bytes copied, hash functions by name. */
export interface Parameters {
  readonly name: string;
  readonly hash?: string;
  readonly [member: string]: unknown;
}

type Bytes = Uint8Array | Promise<Uint8Array>;

/** What an algorithm does. A step is there when the table below names it. */
export interface Algorithm {
  encrypt(parameters: Parameters, key: CryptoKey, data: Uint8Array): Bytes;
  decrypt(parameters: Parameters, key: CryptoKey, data: Uint8Array): Bytes;
  sign(parameters: Parameters, key: CryptoKey, data: Uint8Array): Bytes;
  verify(parameters: Parameters, key: CryptoKey, signature: Uint8Array, data: Uint8Array): boolean | Promise<boolean>;
  digest(parameters: Parameters, data: Uint8Array): Bytes;
  generateKey(parameters: Parameters, extractable: boolean, usages: KeyUsage[]): CryptoKey | CryptoKeyPair | Promise<CryptoKeyPair>;
  importKey(format: string, data: Uint8Array | JsonWebKey, parameters: Parameters, extractable: boolean, usages: KeyUsage[]): CryptoKey;
  exportKey(format: string, key: CryptoKey): Uint8Array | JsonWebKey;
  deriveBits(parameters: Parameters, key: CryptoKey, length: number | null): Bytes;
  /** The length in bits of a key to be derived; null lets the derivation decide. */
  keyLength(parameters: Parameters): number | null;
  wrapKey(parameters: Parameters, key: CryptoKey, data: Uint8Array): Bytes;
  unwrapKey(parameters: Parameters, key: CryptoKey, data: Uint8Array): Bytes;
  /** The usages that a public key may have. */
  publicUsages(name: string): readonly KeyUsage[];
  /** Throws what an operation would throw for these parameters with any key. */
  checkParameters?(operation: Operation, parameters: Parameters, length: number | null): void;
}

type Convert = (value: unknown, what: string) => unknown;
type Member = readonly [name: string, convert: Convert, isOptional?: boolean];

function bufferSource(value: unknown, what: string): Uint8Array {
  const isView = ArrayBuffer.isView(value);
  if (!(isView ? !isSharedArrayBuffer(value.buffer) : isArrayBuffer(value))) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `${what} must be an ArrayBuffer or a view of one`);
  }
  return sourceBytes(value as BufferSource).slice();
}

/** The bytes of a buffer source without a copy; none when its buffer is detached. */
export function sourceBytes(source: BufferSource): Uint8Array {
  const buffer = (ArrayBuffer.isView(source) ? source.buffer : source) as ArrayBuffer & { detached: boolean };
  return buffer.detached ? new Uint8Array(0) : bytesOf(source);
}

function integer(bits: number): Convert {
  return (value, what) => {
    const number = Math.trunc(Number(value));
    if (!(number >= 0 && number < 2 ** bits)) {
      throw codedTypeError("ERR_INVALID_ARG_VALUE", `${what} must be an integer from 0 to 2^${bits} - 1`);
    }
    return number + 0;
  };
}

function bigInteger(value: unknown, what: string): Uint8Array {
  if (!(value instanceof Uint8Array)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `${what} must be a Uint8Array`);
  }
  return value.slice();
}

function hashName(value: unknown): string {
  return normalize("digest", value).parameters.name;
}

function cryptoKey(value: unknown, what: string): CryptoKey {
  if (!isCryptoKey(value)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `${what} must be a CryptoKey`);
  }
  return value;
}

const text: Convert = (value) => toDOMString(value);
const octet = integer(8);
const unsignedShort = integer(16);
const unsignedLong = integer(32);

// Members stand in the order in which Web IDL reads them.
const NONE: readonly Member[] = [];
const HASH: readonly Member[] = [["hash", hashName]];
const RSA_GENERATE: readonly Member[] = [["modulusLength", unsignedLong], ["publicExponent", bigInteger], ["hash", hashName]];
const CURVE: readonly Member[] = [["namedCurve", text]];
const HMAC_KEY: readonly Member[] = [["hash", hashName], ["length", unsignedLong, true]];
const AES_LENGTH: readonly Member[] = [["length", unsignedShort]];
const PUBLIC: readonly Member[] = [["public", cryptoKey]];
const OAEP: readonly Member[] = [["label", bufferSource, true]];
const PSS: readonly Member[] = [["saltLength", unsignedLong]];
const CTR: readonly Member[] = [["counter", bufferSource], ["length", octet]];
const CBC: readonly Member[] = [["iv", bufferSource]];
const GCM: readonly Member[] = [["additionalData", bufferSource, true], ["iv", bufferSource], ["tagLength", octet, true]];
const HKDF: readonly Member[] = [["hash", hashName], ["info", bufferSource], ["salt", bufferSource]];
const PBKDF2: readonly Member[] = [["hash", hashName], ["iterations", unsignedLong], ["salt", bufferSource]];

interface Entry {
  readonly name: string;
  readonly load: () => Algorithm;
  readonly operations: { readonly [operation in Operation]?: readonly Member[] };
}

const aes = (): Algorithm => (require("crust:crypto/algorithms/aes") as typeof import("crust:crypto/algorithms/aes")).AES;
const chacha = (): Algorithm => (require("crust:crypto/algorithms/chacha") as typeof import("crust:crypto/algorithms/chacha")).CHACHA;
const hmac = (): Algorithm => (require("crust:crypto/algorithms/hmac") as typeof import("crust:crypto/algorithms/hmac")).HMAC;
const derivation = (): Algorithm => (require("crust:crypto/algorithms/derivation") as typeof import("crust:crypto/algorithms/derivation")).DERIVATION;
const rsa = (): Algorithm => (require("crust:crypto/algorithms/rsa") as typeof import("crust:crypto/algorithms/rsa")).RSA;
const ec = (): Algorithm => (require("crust:crypto/algorithms/ec") as typeof import("crust:crypto/algorithms/ec")).EC;
const okp = (): Algorithm => (require("crust:crypto/algorithms/okp") as typeof import("crust:crypto/algorithms/okp")).OKP;
const digests = (): Algorithm => (require("crust:crypto/algorithms/digest") as typeof import("crust:crypto/algorithms/digest")).DIGEST;

const AES_KEY = { generateKey: AES_LENGTH, importKey: NONE, exportKey: NONE, keyLength: AES_LENGTH };
const RSA_KEY = { generateKey: RSA_GENERATE, importKey: HASH, exportKey: NONE, getPublicKey: NONE };
const EC_KEY = { generateKey: CURVE, importKey: CURVE, exportKey: NONE, getPublicKey: NONE };
const OKP_KEY = { generateKey: NONE, importKey: NONE, exportKey: NONE, getPublicKey: NONE };

const ENTRIES: readonly Entry[] = [
  { name: "SHA-1", load: digests, operations: { digest: NONE } },
  { name: "SHA-256", load: digests, operations: { digest: NONE } },
  { name: "SHA-384", load: digests, operations: { digest: NONE } },
  { name: "SHA-512", load: digests, operations: { digest: NONE } },
  { name: "SHA3-256", load: digests, operations: { digest: NONE } },
  { name: "SHA3-384", load: digests, operations: { digest: NONE } },
  { name: "SHA3-512", load: digests, operations: { digest: NONE } },
  { name: "HMAC", load: hmac, operations: { sign: NONE, verify: NONE, generateKey: HMAC_KEY, importKey: HMAC_KEY, exportKey: NONE, keyLength: HMAC_KEY } },
  { name: "HKDF", load: derivation, operations: { deriveBits: HKDF, importKey: NONE, keyLength: NONE } },
  { name: "PBKDF2", load: derivation, operations: { deriveBits: PBKDF2, importKey: NONE, keyLength: NONE } },
  { name: "AES-GCM", load: aes, operations: { encrypt: GCM, decrypt: GCM, ...AES_KEY } },
  { name: "AES-CBC", load: aes, operations: { encrypt: CBC, decrypt: CBC, ...AES_KEY } },
  { name: "AES-CTR", load: aes, operations: { encrypt: CTR, decrypt: CTR, ...AES_KEY } },
  { name: "AES-KW", load: aes, operations: { wrapKey: NONE, unwrapKey: NONE, ...AES_KEY } },
  { name: "ChaCha20-Poly1305", load: chacha, operations: { encrypt: GCM, decrypt: GCM, generateKey: NONE, importKey: NONE, exportKey: NONE, keyLength: NONE } },
  { name: "RSASSA-PKCS1-v1_5", load: rsa, operations: { sign: NONE, verify: NONE, ...RSA_KEY } },
  { name: "RSA-PSS", load: rsa, operations: { sign: PSS, verify: PSS, ...RSA_KEY } },
  { name: "RSA-OAEP", load: rsa, operations: { encrypt: OAEP, decrypt: OAEP, ...RSA_KEY } },
  { name: "ECDSA", load: ec, operations: { sign: HASH, verify: HASH, ...EC_KEY } },
  { name: "ECDH", load: ec, operations: { deriveBits: PUBLIC, ...EC_KEY } },
  { name: "Ed25519", load: okp, operations: { sign: NONE, verify: NONE, ...OKP_KEY } },
  { name: "X25519", load: okp, operations: { deriveBits: PUBLIC, ...OKP_KEY } },
];

const REGISTRY = new Map(ENTRIES.map((entry) => [entry.name.toUpperCase(), entry]));

function convert(name: string, source: Record<string, unknown> | undefined, members: readonly Member[]): Parameters {
  const parameters: Record<string, unknown> = { name };
  // The standard converts to the dictionary of the algorithm after it converted to the one that has a name only.
  if (source !== undefined && members.length > 0) {
    toDOMString(source["name"]);
  }
  for (const [member, toMember, isOptional] of members) {
    const value = source?.[member];
    if (value !== undefined) {
      parameters[member] = toMember(value, `The member "${member}" of ${name}`);
    } else if (isOptional !== true) {
      throw codedTypeError("ERR_MISSING_OPTION", `${name} needs the member "${member}"`);
    }
  }
  return parameters as unknown as Parameters;
}

export interface Normalized {
  readonly algorithm: Algorithm;
  readonly parameters: Parameters;
}

/** The steps and the parameters of an algorithm, or a NotSupportedError. */
export function normalize(operation: Operation, given: unknown): Normalized {
  const source = isObject(given) ? (given as Record<string, unknown>) : undefined;
  const givenName = source === undefined ? given : source["name"];
  if (source !== undefined && givenName === undefined) {
    throw codedTypeError("ERR_MISSING_OPTION", 'An algorithm needs the member "name"');
  }
  const name = toDOMString(givenName);
  const entry = REGISTRY.get(name.toUpperCase());
  const members = entry?.operations[operation];
  if (entry === undefined || members === undefined) {
    throw notSupported(`The algorithm ${name} for ${operation}`);
  }
  return { parameters: convert(entry.name, source, members), algorithm: entry.load() };
}

/** The steps of a key's algorithm, or a NotSupportedError when it has no such operation. */
export function stepsOf(name: string, operation: Operation): Algorithm {
  const entry = REGISTRY.get(name.toUpperCase());
  if (entry?.operations[operation] === undefined) {
    throw notSupported(`The algorithm ${name} for ${operation}`);
  }
  return entry.load();
}

/** Whether an algorithm has an operation. */
export function hasOperation(name: string, operation: Operation): boolean {
  return REGISTRY.get(name.toUpperCase())?.operations[operation] !== undefined;
}
