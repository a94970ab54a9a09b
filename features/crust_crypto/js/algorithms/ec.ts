// ECDSA and ECDH on the NIST curves, of the Web Cryptography API.

import { ecGenerate, ecImport, ecImportScalar, ecdhDerive, ecdsaSign, ecdsaVerify, keyNumbers } from "crust:ops/crypto";
import { AGREEMENT, SIGNATURE, checkUsages, exportDocument, newPair, requireType, truncateSecret } from "crust:crypto/algorithms/pair";
import type { PairUsages } from "crust:crypto/algorithms/pair";
import { keyHandle, keyId, keySlots, newKey } from "crust:crypto/crypto_key";
import type { CryptoKey, KeyUsage } from "crust:crypto/crypto_key";
import { dataError, imported, invalidAccess, notSupported, operationError, succeeded } from "crust:crypto/errors";
import { base64url, checkJwk, exportedJwk, jwkBytes } from "crust:crypto/jwk";
import type { JsonWebKey } from "crust:crypto/jwk";
import { PKCS8, RAW, SPKI, hashId } from "crust:crypto/native_formats";
import type { Algorithm, Operation, Parameters } from "crust:crypto/normalize";

interface CurveInfo {
  readonly id: number;
  readonly bytes: number;
  readonly jwkAlgorithm: string;
}

const CURVES: Readonly<Record<string, CurveInfo>> = {
  "P-256": { id: 0, bytes: 32, jwkAlgorithm: "ES256" },
  "P-384": { id: 1, bytes: 48, jwkAlgorithm: "ES384" },
  "P-521": { id: 2, bytes: 66, jwkAlgorithm: "ES512" },
};

function usagesOf(name: string): PairUsages {
  return name === "ECDSA" ? SIGNATURE : AGREEMENT;
}

function curveOf(parameters: Parameters): CurveInfo {
  const name = parameters["namedCurve"] as string;
  if (!Object.hasOwn(CURVES, name)) {
    throw notSupported(`The curve ${name}`);
  }
  return CURVES[name] as CurveInfo;
}

function makeKey(id: number, isPrivate: boolean, parameters: Parameters, extractable: boolean, usages: readonly KeyUsage[]): CryptoKey {
  const algorithm = { name: parameters.name, namedCurve: parameters["namedCurve"] as string };
  return newKey(isPrivate ? "private" : "public", extractable, algorithm, usages, keyHandle(id));
}

function coordinate(jwk: JsonWebKey, name: "d" | "x" | "y", curve: CurveInfo): Uint8Array {
  const bytes = jwkBytes(jwk, name);
  if (bytes.length !== curve.bytes) {
    throw dataError(`The member "${name}" of the JSON Web Key has the wrong length`);
  }
  return bytes;
}

function importJwk(jwk: JsonWebKey, parameters: Parameters, extractable: boolean, usages: KeyUsage[]): CryptoKey {
  const isPrivate = jwk.d !== undefined;
  const allowed = usagesOf(parameters.name);
  checkUsages(usages, isPrivate ? allowed.private : allowed.public, parameters.name);
  const curve = curveOf(parameters);
  checkJwk(jwk, "EC", parameters.name === "ECDSA" ? "sig" : "enc", extractable, usages);
  if (jwk.crv !== parameters["namedCurve"]) {
    throw dataError(`The member "crv" of the JSON Web Key must be "${String(parameters["namedCurve"])}"`);
  }
  if (parameters.name === "ECDSA" && jwk.alg !== undefined && jwk.alg !== curve.jwkAlgorithm) {
    throw dataError(`The member "alg" of the JSON Web Key must be "${curve.jwkAlgorithm}"`);
  }
  const point = new Uint8Array(1 + 2 * curve.bytes);
  point[0] = 4;
  point.set(coordinate(jwk, "x", curve), 1);
  point.set(coordinate(jwk, "y", curve), 1 + curve.bytes);
  const id = isPrivate ? ecImportScalar(curve.id, coordinate(jwk, "d", curve), point) : ecImport(curve.id, RAW, point);
  return makeKey(imported(id as number | null), isPrivate, parameters, extractable, usages);
}

const FORMATS: Readonly<Record<string, number>> = { raw: RAW, "raw-public": RAW, spki: SPKI, pkcs8: PKCS8 };

export const EC: Algorithm = {
  async sign(parameters, key, data) {
    requireType(key, "private");
    return succeeded((await ecdsaSign(keyId(key), hashId(parameters.hash as string), data)) as Uint8Array | null, "Signing");
  },
  verify(parameters, key, signature, data) {
    requireType(key, "public");
    return ecdsaVerify(keyId(key), hashId(parameters.hash as string), signature, data) as boolean | Promise<boolean>;
  },
  deriveBits(parameters, key, length) {
    requireType(key, "private");
    const other = parameters["public"] as CryptoKey;
    requireType(other, "public");
    const [ours, theirs] = [keySlots(key).algorithm, keySlots(other).algorithm];
    if (theirs.name !== ours.name || theirs.namedCurve !== ours.namedCurve) {
      throw invalidAccess("The public key is for another algorithm or curve");
    }
    const secret = succeeded(ecdhDerive(keyId(key), keyId(other)) as Uint8Array | null, "Derivation");
    return truncateSecret(secret, length, () => operationError("The curve does not have that many bits"));
  },
  generateKey(parameters, extractable, usages) {
    const allowed = usagesOf(parameters.name);
    checkUsages(usages, [...allowed.private, ...allowed.public], parameters.name);
    const id = succeeded(ecGenerate(curveOf(parameters).id) as number | null, "Key generation");
    return newPair(id, { name: parameters.name, namedCurve: parameters["namedCurve"] as string }, extractable, usages, allowed);
  },
  importKey(format, data, parameters, extractable, usages) {
    if (format === "jwk") {
      return importJwk(data as JsonWebKey, parameters, extractable, usages);
    }
    const number = FORMATS[format];
    if (number === undefined) {
      throw notSupported(`The key format ${format} for ${parameters.name}`);
    }
    const curve = curveOf(parameters);
    const isPrivate = number === PKCS8;
    const allowed = usagesOf(parameters.name);
    checkUsages(usages, isPrivate ? allowed.private : allowed.public, parameters.name);
    return makeKey(imported(ecImport(curve.id, number, data) as number | null), isPrivate, parameters, extractable, usages);
  },
  exportKey(format, key) {
    if (format !== "jwk") {
      return exportDocument(format, key, true);
    }
    const numbers = succeeded(keyNumbers(keyId(key)) as Uint8Array[] | null, "Export").map(base64url);
    const [x, y, d] = numbers;
    const { algorithm, usages } = keySlots(key);
    return exportedJwk(key, usages, { kty: "EC", crv: algorithm.namedCurve, x, y, d } as JsonWebKey);
  },
  publicUsages: (name) => usagesOf(name).public,
  checkParameters(operation: Operation, parameters: Parameters) {
    if (operation === "generateKey" || operation === "importKey") {
      curveOf(parameters);
    }
  },
} satisfies Partial<Algorithm> as unknown as Algorithm;
