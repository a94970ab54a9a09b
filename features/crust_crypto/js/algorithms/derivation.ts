// HKDF and PBKDF2 of the Web Cryptography API.

import { hkdfDerive, pbkdf2Derive } from "crust:ops/crypto";
import { secretKey } from "crust:crypto/algorithms/secret";
import { isSubset, keyId } from "crust:crypto/crypto_key";
import { notSupported, operationError, succeeded, syntaxError } from "crust:crypto/errors";
import { HASHES, hashId } from "crust:crypto/native_formats";
import type { Algorithm, Operation, Parameters } from "crust:crypto/normalize";

function checkDerivation(parameters: Parameters, length: number | null): number {
  if (length === null || length % 8 !== 0) {
    throw operationError("The number of bits must be a multiple of 8");
  }
  if (parameters.name === "PBKDF2" && parameters["iterations"] === 0) {
    throw operationError("PBKDF2 needs at least one iteration");
  }
  if (parameters.name === "HKDF" && length / 8 > 255 * (HASHES[parameters.hash as string] as { bytes: number }).bytes) {
    throw operationError("HKDF cannot derive that many bits");
  }
  return length / 8;
}

export const DERIVATION: Algorithm = {
  importKey(format, data, parameters, extractable, usages) {
    if (format !== "raw" && format !== "raw-secret") {
      throw notSupported(`The key format ${format} for ${parameters.name}`);
    }
    if (!isSubset(usages, ["deriveKey", "deriveBits"])) {
      throw syntaxError(`A key for ${parameters.name} can be used for deriveKey and deriveBits only`);
    }
    if (extractable) {
      throw syntaxError(`A key for ${parameters.name} cannot be extractable`);
    }
    return secretKey(data as Uint8Array, false, { name: parameters.name }, usages);
  },
  async deriveBits(parameters, key, length) {
    const bytes = checkDerivation(parameters, length);
    if (bytes === 0) {
      return new Uint8Array(0);
    }
    const hash = hashId(parameters.hash as string);
    const derived = parameters.name === "HKDF"
      ? hkdfDerive(hash, keyId(key), parameters["salt"], parameters["info"], bytes)
      : await pbkdf2Derive(hash, keyId(key), parameters["salt"], parameters["iterations"], bytes);
    return succeeded(derived as Uint8Array | null, "Derivation");
  },
  keyLength: () => null,
  checkParameters(operation: Operation, parameters: Parameters, length: number | null) {
    if (operation === "deriveBits") {
      checkDerivation(parameters, length);
    }
  },
} satisfies Partial<Algorithm> as unknown as Algorithm;
