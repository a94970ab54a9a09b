// Ed25519 and X25519 of the Web Cryptography API.

import { ed25519Sign, ed25519Verify, keyNumbers, okpGenerate, okpImport, x25519Derive } from "crust:ops/crypto";
import { AGREEMENT, SIGNATURE, checkUsages, exportDocument, newPair, requireType, truncateSecret } from "crust:crypto/algorithms/pair";
import type { PairUsages } from "crust:crypto/algorithms/pair";
import { keyHandle, keyId, keySlots, newKey } from "crust:crypto/crypto_key";
import type { CryptoKey, KeyUsage } from "crust:crypto/crypto_key";
import { dataError, imported, invalidAccess, notSupported, operationError, succeeded } from "crust:crypto/errors";
import { base64url, checkJwk, exportedJwk, jwkBytes } from "crust:crypto/jwk";
import type { JsonWebKey } from "crust:crypto/jwk";
import { PKCS8, RAW, RAW_PRIVATE, SPKI } from "crust:crypto/native_formats";
import type { Algorithm, Parameters } from "crust:crypto/normalize";

// The names of RFC 8037 and of the fully specified algorithms of RFC 9864.
const JWK_ALGORITHMS = ["Ed25519", "EdDSA"];
const FORMATS: Readonly<Record<string, number>> = { raw: RAW, "raw-public": RAW, spki: SPKI, pkcs8: PKCS8 };

function usagesOf(name: string): PairUsages {
  return name === "Ed25519" ? SIGNATURE : AGREEMENT;
}

function curveId(name: string): number {
  return name === "Ed25519" ? 0 : 1;
}

function importJwk(jwk: JsonWebKey, parameters: Parameters, extractable: boolean, usages: KeyUsage[]): CryptoKey {
  const { name } = parameters;
  const isPrivate = jwk.d !== undefined;
  checkUsages(usages, isPrivate ? usagesOf(name).private : usagesOf(name).public, name);
  checkJwk(jwk, "OKP", name === "Ed25519" ? "sig" : "enc", extractable, usages);
  if (jwk.crv !== name) {
    throw dataError(`The member "crv" of the JSON Web Key must be "${name}"`);
  }
  if (name === "Ed25519" && jwk.alg !== undefined && !JWK_ALGORITHMS.includes(jwk.alg)) {
    throw dataError('The member "alg" of the JSON Web Key must be "Ed25519" or "EdDSA"');
  }
  const point = jwkBytes(jwk, "x");
  const id = isPrivate ? okpImport(curveId(name), RAW_PRIVATE, jwkBytes(jwk, "d")) : okpImport(curveId(name), RAW, point);
  const handle = keyHandle(imported(id as number | null));
  if (isPrivate && jwk.x !== base64url((keyNumbers(handle.id) as Uint8Array[])[0] as Uint8Array)) {
    throw dataError("The halves of the JSON Web Key do not fit");
  }
  return newKey(isPrivate ? "private" : "public", extractable, { name }, usages, handle);
}

export const OKP: Algorithm = {
  async sign(_parameters, key, data) {
    requireType(key, "private");
    return succeeded((await ed25519Sign(keyId(key), data)) as Uint8Array | null, "Signing");
  },
  verify(_parameters, key, signature, data) {
    requireType(key, "public");
    return ed25519Verify(keyId(key), signature, data) as boolean | Promise<boolean>;
  },
  deriveBits(parameters, key, length) {
    requireType(key, "private");
    const other = parameters["public"] as CryptoKey;
    requireType(other, "public");
    if (keySlots(other).algorithm.name !== keySlots(key).algorithm.name) {
      throw invalidAccess("The public key is for another algorithm");
    }
    const secret = succeeded(x25519Derive(keyId(key), keyId(other)) as Uint8Array | null, "Derivation");
    return truncateSecret(secret, length, () => operationError("The curve does not have that many bits"));
  },
  generateKey(parameters, extractable, usages) {
    const { name } = parameters;
    const allowed = usagesOf(name);
    checkUsages(usages, [...allowed.private, ...allowed.public], name);
    return newPair(succeeded(okpGenerate(curveId(name)) as number | null, "Key generation"), { name }, extractable, usages, allowed);
  },
  importKey(format, data, parameters, extractable, usages) {
    if (format === "jwk") {
      return importJwk(data as JsonWebKey, parameters, extractable, usages);
    }
    const { name } = parameters;
    const number = FORMATS[format];
    if (number === undefined) {
      throw notSupported(`The key format ${format} for ${name}`);
    }
    const isPrivate = number === PKCS8;
    checkUsages(usages, isPrivate ? usagesOf(name).private : usagesOf(name).public, name);
    const id = imported(okpImport(curveId(name), number, data) as number | null);
    return newKey(isPrivate ? "private" : "public", extractable, { name }, usages, keyHandle(id));
  },
  exportKey(format, key) {
    if (format !== "jwk") {
      return exportDocument(format, key, true);
    }
    const [x, d] = succeeded(keyNumbers(keyId(key)) as Uint8Array[] | null, "Export").map(base64url);
    const { algorithm, usages } = keySlots(key);
    const alg = algorithm.name === "Ed25519" ? "Ed25519" : undefined;
    return exportedJwk(key, usages, { kty: "OKP", crv: algorithm.name, alg, x, d } as JsonWebKey);
  },
  publicUsages: (name) => usagesOf(name).public,
} satisfies Partial<Algorithm> as unknown as Algorithm;
