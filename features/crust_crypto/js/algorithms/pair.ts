// What the algorithms with key pairs have in common: usages of either half, formats, and the requirement of a type.

import { keyExport, keyPublic } from "crust:ops/crypto";
import { isSubset, keyHandle, keyId, keySlots, newKey } from "crust:crypto/crypto_key";
import type { CryptoKey, CryptoKeyPair, KeyAlgorithm, KeyType, KeyUsage } from "crust:crypto/crypto_key";
import { invalidAccess, notSupported, succeeded, syntaxError } from "crust:crypto/errors";
import { PKCS8, RAW, SPKI } from "crust:crypto/native_formats";

/** The usages of the two halves of a pair. */
export interface PairUsages {
  readonly public: readonly KeyUsage[];
  readonly private: readonly KeyUsage[];
}

export const SIGNATURE: PairUsages = { public: ["verify"], private: ["sign"] };
export const AGREEMENT: PairUsages = { public: [], private: ["deriveKey", "deriveBits"] };

export function checkUsages(usages: readonly KeyUsage[], allowed: readonly KeyUsage[], name: string): void {
  if (!isSubset(usages, allowed)) {
    throw syntaxError(`A key for ${name} of this type cannot be used for that`);
  }
}

/** A pair of a new private key. Public keys can always be exported. */
export function newPair(id: number, algorithm: KeyAlgorithm, extractable: boolean, usages: readonly KeyUsage[], allowed: PairUsages): CryptoKeyPair {
  const publicUsages = usages.filter((usage) => allowed.public.includes(usage));
  const privateUsages = usages.filter((usage) => allowed.private.includes(usage));
  const privateKey = newKey("private", extractable, algorithm, privateUsages, keyHandle(id));
  const publicId = succeeded(keyPublic(id) as number | null, "Key generation");
  return { publicKey: newKey("public", true, algorithm, publicUsages, keyHandle(publicId)), privateKey };
}

/** Throws when a key is of the wrong half. */
export function requireType(key: CryptoKey, type: KeyType): void {
  if (keySlots(key).type !== type) {
    throw invalidAccess(`The operation needs a ${type} key`);
  }
}

/** A key as raw, SPKI or PKCS #8 bytes. */
export function exportDocument(format: string, key: CryptoKey, hasRaw: boolean): Uint8Array {
  let type: KeyType = "public";
  let number = SPKI;
  if (format === "pkcs8") {
    [type, number] = ["private", PKCS8];
  } else if (hasRaw && (format === "raw" || format === "raw-public")) {
    number = RAW;
  } else if (format !== "spki") {
    throw notSupported(`The key format ${format} for ${keySlots(key).algorithm.name}`);
  }
  requireType(key, type);
  return succeeded(keyExport(keyId(key), number) as Uint8Array | null, "Export");
}

/** The first `length` bits of a shared secret, all of them for null. */
export function truncateSecret(secret: Uint8Array, length: number | null, tooFew: () => Error): Uint8Array {
  if (length === null) {
    return secret;
  }
  if (length > secret.length * 8) {
    throw tooFew();
  }
  const bytes = secret.slice(0, Math.ceil(length / 8));
  if (length % 8 !== 0) {
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) & (0xff << (8 - (length % 8)));
  }
  return bytes;
}
