// Keys that are just bytes, for AES and HMAC: what their import and export have in common.

import { secretExport, secretImport } from "crust:ops/crypto";
import { keyHandle, keyId, keySlots, newKey } from "crust:crypto/crypto_key";
import type { CryptoKey, KeyAlgorithm, KeyUsage } from "crust:crypto/crypto_key";
import { notSupported } from "crust:crypto/errors";
import { base64url, checkJwk, exportedJwk, jwkBytes } from "crust:crypto/jwk";
import type { JsonWebKey } from "crust:crypto/jwk";

/** The bytes of a key to be imported. `algorithmOf` names the `alg` that fits them, as a check. */
export function secretData(
  format: string, data: Uint8Array | JsonWebKey, use: "sig" | "enc", extractable: boolean, usages: readonly KeyUsage[],
  check: (bytes: Uint8Array, jwk?: JsonWebKey) => void,
): Uint8Array {
  if (format === "jwk") {
    const jwk = data as JsonWebKey;
    if (jwk.kty !== "oct") {
      checkJwk(jwk, "oct", use, extractable, usages);
    }
    const bytes = jwkBytes(jwk, "k");
    check(bytes, jwk);
    checkJwk(jwk, "oct", use, extractable, usages);
    return bytes;
  }
  if (format !== "raw" && format !== "raw-secret") {
    throw notSupported(`The key format ${format} for a secret key`);
  }
  check(data as Uint8Array);
  return data as Uint8Array;
}

export function secretKey(bytes: Uint8Array, extractable: boolean, algorithm: KeyAlgorithm, usages: readonly KeyUsage[]): CryptoKey {
  return newKey("secret", extractable, algorithm, usages, keyHandle(secretImport(bytes)));
}

export function exportSecret(format: string, key: CryptoKey, alg: string | undefined): Uint8Array | JsonWebKey {
  const bytes = secretExport(keyId(key)) as Uint8Array;
  if (format === "raw" || format === "raw-secret") {
    return bytes;
  }
  if (format !== "jwk") {
    throw notSupported(`The key format ${format} for a secret key`);
  }
  return exportedJwk(key, keySlots(key).usages, { kty: "oct", k: base64url(bytes), alg } as JsonWebKey);
}
