// What the algorithms of SubtleCrypto do: digests, HMAC, PBKDF2 and HKDF. Each is a record of steps; an algorithm or
// a step that is not here is "not supported", as the Web Cryptography API says.

import { cryptoDigest, cryptoHmac, cryptoPbkdf2, randomFill } from "crust:ops/web";
import { isSubset, keyMaterial, newKey } from "crust:web/crypto/crypto_key";
import type { CryptoKey, KeyUsage } from "crust:web/crypto/crypto_key";
import { DOMException } from "crust:web/dom_exception";
import { bytesOf, codedTypeError, isBufferSource, isObject, toDOMString } from "crust:web/webidl";

/** The parameters a user gave, with the name as the standard writes it. */
export interface Parameters {
  readonly name: string;
  readonly [member: string]: unknown;
}

export interface JsonWebKey {
  kty?: string;
  k?: string;
  alg?: string;
  use?: string;
  key_ops?: string[];
  ext?: boolean;
}

export interface Algorithm {
  digest?(data: Uint8Array): Uint8Array;
  generateKey?(parameters: Parameters, extractable: boolean, usages: KeyUsage[]): CryptoKey;
  importKey?(format: string, data: Uint8Array | JsonWebKey, parameters: Parameters, extractable: boolean, usages: KeyUsage[]): CryptoKey;
  exportKey?(format: string, key: CryptoKey): Uint8Array | JsonWebKey;
  sign?(parameters: Parameters, key: CryptoKey, data: Uint8Array): Uint8Array;
  deriveBits?(parameters: Parameters, key: CryptoKey, length: number): Promise<Uint8Array>;
  /** The length in bits of a key to be derived; null lets the derivation decide. */
  keyLength?(parameters: Parameters): number | null;
}

interface Base64Bytes extends Uint8Array {
  toBase64(options: { alphabet: "base64url"; omitPadding: true }): string;
}
interface Base64Constructor {
  fromBase64(text: string, options: { alphabet: "base64url" }): Uint8Array;
}

const HASHES = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];
const BLOCK_BITS: Record<string, number> = { "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };
const DIGEST_BYTES: Record<string, number> = { "SHA-1": 20, "SHA-256": 32, "SHA-384": 48, "SHA-512": 64 };
const JWK_ALGORITHMS: Record<string, string> = { "SHA-1": "HS1", "SHA-256": "HS256", "SHA-384": "HS384", "SHA-512": "HS512" };

export function notSupported(what: string): DOMException {
  return new DOMException(`${what} is not supported`, "NotSupportedError");
}

function member(parameters: Parameters, name: string): unknown {
  const value = parameters[name];
  if (value === undefined) {
    throw codedTypeError("ERR_MISSING_OPTION", `${parameters.name} needs the member "${name}"`);
  }
  return value;
}

function bytesMember(parameters: Parameters, name: string): Uint8Array {
  const value = member(parameters, name);
  if (!isBufferSource(value)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The member "${name}" of ${parameters.name} must be a buffer source`);
  }
  return bytesOf(value).slice();
}

/** The standard's name of a hash function given as text or as an object with a name. */
function hashMember(parameters: Parameters): string {
  const given = member(parameters, "hash");
  const name = toDOMString(isObject(given) ? (given as { name: unknown }).name : given).toUpperCase();
  if (!HASHES.includes(name)) {
    throw notSupported(`The hash function ${name}`);
  }
  return name;
}

function digestAlgorithm(hash: string): Algorithm {
  return { digest: (data) => cryptoDigest(hash, data) };
}

const HMAC_USAGES: readonly KeyUsage[] = ["sign", "verify"];

function hmacBits(parameters: Parameters): number {
  if (parameters["length"] === undefined) {
    return BLOCK_BITS[hashMember(parameters)] as number;
  }
  const length = Number(parameters["length"]) >>> 0;
  if (length === 0 || length % 8 !== 0) {
    throw length === 0 ? new DOMException("The length of an HMAC key must not be 0", "OperationError") : notSupported("A length that is no multiple of 8");
  }
  return length;
}

function hmacKey(bytes: Uint8Array, hash: string, extractable: boolean, usages: KeyUsage[]): CryptoKey {
  if (!isSubset(usages, HMAC_USAGES)) {
    throw new DOMException("An HMAC key can be used for sign and verify only", "SyntaxError");
  }
  return newKey("secret", extractable, { name: "HMAC", hash: { name: hash }, length: bytes.length * 8 }, usages, bytes);
}

function fromJwk(jwk: JsonWebKey, hash: string, extractable: boolean, usages: KeyUsage[]): Uint8Array {
  const invalid = (why: string) => new DOMException(`Invalid JSON Web Key: ${why}`, "DataError");
  if (jwk.kty !== "oct" || typeof jwk.k !== "string") {
    throw invalid('it must have kty "oct" and k');
  }
  if (jwk.alg !== undefined && jwk.alg !== JWK_ALGORITHMS[hash]) {
    throw invalid(`alg must be ${JWK_ALGORITHMS[hash]}`);
  }
  if (jwk.use !== undefined && usages.length > 0 && jwk.use !== "sig") {
    throw invalid('use must be "sig"');
  }
  if (jwk.key_ops !== undefined && !isSubset(usages, jwk.key_ops as KeyUsage[])) {
    throw invalid("key_ops does not allow the usages");
  }
  if (jwk.ext === false && extractable) {
    throw invalid("it is not extractable");
  }
  try {
    return (Uint8Array as unknown as Base64Constructor).fromBase64(jwk.k, { alphabet: "base64url" });
  } catch {
    throw invalid("k is no base64url");
  }
}

const HMAC: Algorithm = {
  generateKey(parameters, extractable, usages) {
    const hash = hashMember(parameters);
    const bytes = new Uint8Array(hmacBits(parameters) / 8);
    randomFill(bytes);
    return hmacKey(bytes, hash, extractable, usages);
  },
  importKey(format, data, parameters, extractable, usages) {
    const hash = hashMember(parameters);
    if (format !== "raw" && format !== "jwk") {
      throw notSupported(`The key format ${format} for HMAC`);
    }
    const bytes = data instanceof Uint8Array ? data.slice() : fromJwk(data, hash, extractable, usages);
    if (bytes.length === 0) {
      throw new DOMException("An HMAC key must not be empty", "DataError");
    }
    if (parameters["length"] !== undefined && hmacBits(parameters) !== bytes.length * 8) {
      throw new DOMException("The length does not fit the key", "DataError");
    }
    return hmacKey(bytes, hash, extractable, usages);
  },
  exportKey(format, key) {
    const bytes = keyMaterial(key);
    if (format === "raw") {
      return bytes.slice();
    }
    if (format !== "jwk") {
      throw notSupported(`The key format ${format} for HMAC`);
    }
    const k = (bytes as Base64Bytes).toBase64({ alphabet: "base64url", omitPadding: true });
    return { alg: JWK_ALGORITHMS[key.algorithm.hash?.name as string] as string, ext: key.extractable, k, key_ops: [...key.usages], kty: "oct" };
  },
  sign: (_parameters, key, data) => cryptoHmac(key.algorithm.hash?.name as string, keyMaterial(key), data),
  keyLength: hmacBits,
};

function importSecret(name: string): NonNullable<Algorithm["importKey"]> {
  return (format, data, _parameters, extractable, usages) => {
    if (format !== "raw" || !(data instanceof Uint8Array)) {
      throw notSupported(`The key format ${format} for ${name}`);
    }
    if (extractable || !isSubset(usages, ["deriveKey", "deriveBits"])) {
      throw new DOMException(`A ${name} key is not extractable and can be used for deriveKey and deriveBits only`, "SyntaxError");
    }
    return newKey("secret", false, { name }, usages, data.slice());
  };
}

const PBKDF2: Algorithm = {
  importKey: importSecret("PBKDF2"),
  async deriveBits(parameters, key, length) {
    const iterations = Number(member(parameters, "iterations")) >>> 0;
    if (iterations === 0) {
      throw new DOMException("PBKDF2 needs at least one iteration", "OperationError");
    }
    return cryptoPbkdf2(hashMember(parameters), keyMaterial(key), bytesMember(parameters, "salt"), iterations, length / 8);
  },
  keyLength: () => null,
};

// RFC 5869.
const HKDF: Algorithm = {
  importKey: importSecret("HKDF"),
  async deriveBits(parameters, key, length) {
    const hash = hashMember(parameters);
    const info = bytesMember(parameters, "info");
    const size = DIGEST_BYTES[hash] as number;
    const output = new Uint8Array(length / 8);
    if (output.length > 255 * size) {
      throw new DOMException("Too many bits to derive", "OperationError");
    }
    const pseudoRandomKey = cryptoHmac(hash, bytesMember(parameters, "salt"), keyMaterial(key));
    let block = new Uint8Array(0);
    for (let offset = 0, counter = 1; offset < output.length; offset += size, counter++) {
      const input = new Uint8Array(block.length + info.length + 1);
      input.set(block);
      input.set(info, block.length);
      input[input.length - 1] = counter;
      block = cryptoHmac(hash, pseudoRandomKey, input) as Uint8Array<ArrayBuffer>;
      output.set(block.subarray(0, output.length - offset), offset);
    }
    return output;
  },
  keyLength: () => null,
};

const ALGORITHMS = new Map<string, [string, Algorithm]>();
for (const [name, algorithm] of [...HASHES.map((hash) => [hash, digestAlgorithm(hash)] as const), ["HMAC", HMAC] as const, ["PBKDF2", PBKDF2] as const, ["HKDF", HKDF] as const]) {
  ALGORITHMS.set(name.toUpperCase(), [name, algorithm]);
}

/** "Normalize an algorithm": the steps and the parameters, or a NotSupportedError. */
export function normalizeAlgorithm(given: unknown, operation: keyof Algorithm): { algorithm: Algorithm; parameters: Parameters } {
  const source = isObject(given) ? (given as Record<string, unknown>) : { name: given };
  if (source["name"] === undefined) {
    throw codedTypeError("ERR_MISSING_OPTION", 'An algorithm needs the member "name"');
  }
  const name = toDOMString(source["name"]);
  const found = ALGORITHMS.get(name.toUpperCase());
  if (found === undefined || found[1][operation] === undefined) {
    throw notSupported(`The algorithm ${name} for ${operation}`);
  }
  return { algorithm: found[1], parameters: { ...source, name: found[0] } };
}
