// RSASSA-PKCS1-v1_5, RSA-PSS and RSA-OAEP of the Web Cryptography API.

import { keyNumbers, rsaGenerate, rsaImport, rsaImportNumbers, rsaInfo, rsaOaep, rsaSign, rsaVerify } from "crust:ops/crypto";
import { SIGNATURE, checkUsages, exportDocument, newPair, requireType } from "crust:crypto/algorithms/pair";
import type { PairUsages } from "crust:crypto/algorithms/pair";
import { keyHandle, keyId, keySlots, newKey } from "crust:crypto/crypto_key";
import type { CryptoKey, KeyAlgorithm, KeyType, KeyUsage } from "crust:crypto/crypto_key";
import { dataError, imported, notSupported, operationError, succeeded } from "crust:crypto/errors";
import { base64url, checkJwk, exportedJwk, jwkBytes } from "crust:crypto/jwk";
import type { JsonWebKey } from "crust:crypto/jwk";
import { PKCS8, SPKI, hashId } from "crust:crypto/native_formats";
import type { Algorithm, Operation, Parameters } from "crust:crypto/normalize";

const ENCRYPTION: PairUsages = { public: ["encrypt", "wrapKey"], private: ["decrypt", "unwrapKey"] };

// The salt that stands for RSASSA-PKCS1-v1_5, which has none.
const NO_SALT = -1;
// A salt beyond this fits no modulus; natives take numbers of 32 bits with a sign.
const LONGEST_SALT = 2 ** 31 - 1;
// The library makes keys of whole multiples only, and of no more bits than this.
const MODULUS_STEP = 128;
const LARGEST_MODULUS = 16384;

// RFC 7518 §3.1, §4.1 and what the Web Cryptography API adds. SHA-3 has no names.
const JWK_ALGORITHMS: Record<string, Record<string, string>> = {
  "RSASSA-PKCS1-v1_5": { "SHA-1": "RS1", "SHA-256": "RS256", "SHA-384": "RS384", "SHA-512": "RS512" },
  "RSA-PSS": { "SHA-1": "PS1", "SHA-256": "PS256", "SHA-384": "PS384", "SHA-512": "PS512" },
  "RSA-OAEP": { "SHA-1": "RSA-OAEP", "SHA-256": "RSA-OAEP-256", "SHA-384": "RSA-OAEP-384", "SHA-512": "RSA-OAEP-512" },
};

function usagesOf(name: string): PairUsages {
  return name === "RSA-OAEP" ? ENCRYPTION : SIGNATURE;
}

function hashOf(key: CryptoKey): string {
  return keySlots(key).algorithm.hash?.name as string;
}

function salt(parameters: Parameters): number {
  return Math.min((parameters["saltLength"] as number | undefined) ?? NO_SALT, LONGEST_SALT);
}

async function oaep(isEncryption: boolean, parameters: Parameters, key: CryptoKey, data: Uint8Array): Promise<Uint8Array> {
  requireType(key, isEncryption ? "public" : "private");
  const label = parameters["label"] ?? new Uint8Array(0);
  const result = await rsaOaep(isEncryption, keyId(key), hashId(hashOf(key)), label, data);
  return succeeded(result as Uint8Array | null, isEncryption ? "Encryption" : "Decryption");
}

function keyAlgorithm(parameters: Parameters, modulusLength: number, publicExponent: Uint8Array): KeyAlgorithm {
  return { name: parameters.name, modulusLength, publicExponent, hash: { name: parameters.hash as string } };
}

function checkGeneration(parameters: Parameters): { bits: number; exponent: Uint8Array } {
  const bits = parameters["modulusLength"] as number;
  const exponent = parameters["publicExponent"] as Uint8Array;
  if (bits < 256 || bits > LARGEST_MODULUS || bits % MODULUS_STEP !== 0) {
    throw operationError(`The length of an RSA modulus must be a multiple of ${MODULUS_STEP} from 256 to ${LARGEST_MODULUS}`);
  }
  const significant = exponent.subarray(exponent.findIndex((byte) => byte !== 0));
  const value = exponent.some((byte) => byte !== 0) && significant.length <= 5 ? significant.reduce((number, byte) => number * 256 + byte, 0) : 0;
  // The library's limit of 33 bits keeps verification fast for keys of strangers.
  if (value < 3 || value % 2 === 0 || value >= 2 ** 33) {
    throw operationError("The public exponent of an RSA key must be odd, from 3 to 2^33 - 1");
  }
  return { bits, exponent };
}

function makeKey(id: number, type: KeyType, parameters: Parameters, extractable: boolean, usages: readonly KeyUsage[]): CryptoKey {
  const handle = keyHandle(id);
  const [bits, exponent] = rsaInfo(id) as [number, Uint8Array];
  return newKey(type, extractable, keyAlgorithm(parameters, bits, exponent), usages, handle);
}

function checkJwkAlgorithm(jwk: JsonWebKey, parameters: Parameters): void {
  const expected = JWK_ALGORITHMS[parameters.name]?.[parameters.hash as string];
  if (jwk.alg !== undefined && expected !== undefined && jwk.alg !== expected) {
    throw dataError(`The member "alg" of the JSON Web Key must be "${expected}"`);
  }
}

function importJwk(jwk: JsonWebKey, parameters: Parameters, extractable: boolean, usages: KeyUsage[]): CryptoKey {
  const isPrivate = jwk.d !== undefined;
  const allowed = usagesOf(parameters.name);
  checkUsages(usages, isPrivate ? allowed.private : allowed.public, parameters.name);
  checkJwk(jwk, "RSA", parameters.name === "RSA-OAEP" ? "enc" : "sig", extractable, usages);
  checkJwkAlgorithm(jwk, parameters);
  if (jwk.oth !== undefined) {
    throw notSupported("An RSA key with more than two primes");
  }
  const names = isPrivate ? (["n", "e", "d", "p", "q", "dp", "dq", "qi"] as const) : (["n", "e"] as const);
  const id = imported(rsaImportNumbers(...names.map((name) => jwkBytes(jwk, name))) as number | null);
  return makeKey(id, isPrivate ? "private" : "public", parameters, extractable, usages);
}

export const RSA: Algorithm = {
  encrypt: (parameters, key, data) => oaep(true, parameters, key, data),
  decrypt: (parameters, key, data) => oaep(false, parameters, key, data),
  async sign(parameters, key, data) {
    requireType(key, "private");
    const signature = await rsaSign(keyId(key), hashId(hashOf(key)), salt(parameters), data);
    return succeeded(signature as Uint8Array | null, "Signing");
  },
  verify(parameters, key, signature, data) {
    requireType(key, "public");
    return rsaVerify(keyId(key), hashId(hashOf(key)), salt(parameters), signature, data) as boolean | Promise<boolean>;
  },
  async generateKey(parameters, extractable, usages) {
    const allowed = usagesOf(parameters.name);
    checkUsages(usages, [...allowed.private, ...allowed.public], parameters.name);
    const { bits, exponent } = checkGeneration(parameters);
    const id = succeeded((await rsaGenerate(bits, exponent)) as number | null, "Key generation");
    return newPair(id, keyAlgorithm(parameters, bits, exponent), extractable, usages, allowed);
  },
  importKey(format, data, parameters, extractable, usages) {
    if (format === "jwk") {
      return importJwk(data as JsonWebKey, parameters, extractable, usages);
    }
    if (format !== "spki" && format !== "pkcs8") {
      throw notSupported(`The key format ${format} for ${parameters.name}`);
    }
    const isPrivate = format === "pkcs8";
    const allowed = usagesOf(parameters.name);
    checkUsages(usages, isPrivate ? allowed.private : allowed.public, parameters.name);
    const id = imported(rsaImport(isPrivate ? PKCS8 : SPKI, data) as number | null);
    return makeKey(id, isPrivate ? "private" : "public", parameters, extractable, usages);
  },
  exportKey(format, key) {
    if (format !== "jwk") {
      return exportDocument(format, key, false);
    }
    const numbers = succeeded(keyNumbers(keyId(key)) as Uint8Array[] | null, "Export").map(base64url);
    const [n, e, d, p, q, dp, dq, qi] = numbers;
    const { algorithm, usages } = keySlots(key);
    const alg = JWK_ALGORITHMS[algorithm.name]?.[hashOf(key)];
    return exportedJwk(key, usages, { kty: "RSA", alg, n, e, d, p, q, dp, dq, qi } as JsonWebKey);
  },
  publicUsages: (name) => usagesOf(name).public,
  checkParameters(operation: Operation, parameters: Parameters) {
    if (operation === "generateKey") {
      checkGeneration(parameters);
    }
  },
} satisfies Partial<Algorithm> as unknown as Algorithm;
