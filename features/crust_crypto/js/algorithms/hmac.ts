// HMAC of the Web Cryptography API. Keys have a length in bits, as the standard says; the bits of the last byte that
// are beyond it are zero.

import { hmacSign, isEqual, secretExport, secretGenerate } from "crust:ops/crypto";
import { exportSecret, secretData, secretKey } from "crust:crypto/algorithms/secret";
import { isSubset, keyHandle, keyId, keySlots, newKey } from "crust:crypto/crypto_key";
import type { CryptoKey, KeyUsage } from "crust:crypto/crypto_key";
import { dataError, operationError, succeeded, syntaxError } from "crust:crypto/errors";
import { HASHES, hashId } from "crust:crypto/native_formats";
import type { Algorithm, Operation, Parameters } from "crust:crypto/normalize";
import { codedTypeError } from "crust:web/webidl";

// RFC 7518 §3.1 and what the Web Cryptography API adds. SHA-3 has no names.
const JWK_ALGORITHMS: Record<string, string> = { "SHA-1": "HS1", "SHA-256": "HS256", "SHA-384": "HS384", "SHA-512": "HS512" };

function blockBits(hash: string): number {
  return (HASHES[hash] as { blockBits: number }).blockBits;
}

function checkUsages(usages: readonly KeyUsage[]): void {
  if (!isSubset(usages, ["sign", "verify"])) {
    throw syntaxError("An HMAC key can be used for sign and verify only");
  }
}

function cutBits(bytes: Uint8Array, bits: number): Uint8Array {
  const rest = bits % 8;
  if (rest === 0) {
    return bytes;
  }
  const cut = bytes.slice();
  cut[cut.length - 1] = (cut[cut.length - 1] as number) & (0xff << (8 - rest));
  return cut;
}

function generatedBits(parameters: Parameters): number {
  const bits = (parameters["length"] as number | undefined) ?? blockBits(parameters.hash as string);
  if (bits === 0) {
    throw operationError("The length of an HMAC key must not be 0");
  }
  return bits;
}

async function code(key: CryptoKey, data: Uint8Array): Promise<Uint8Array> {
  const hash = hashId(keySlots(key).algorithm.hash?.name as string);
  return succeeded((await hmacSign(hash, keyId(key), data)) as Uint8Array | null, "Signing");
}

export const HMAC: Algorithm = {
  sign: (_parameters, key, data) => code(key, data),
  verify: async (_parameters, key, signature, data) => {
    const given = signature.slice();
    return isEqual(await code(key, data), given) as boolean;
  },
  generateKey(parameters, extractable, usages) {
    checkUsages(usages);
    const length = generatedBits(parameters);
    const hash = parameters.hash as string;
    const id = succeeded(secretGenerate(Math.ceil(length / 8)) as number | null, "Key generation");
    const handle = keyHandle(id);
    const algorithm = { name: "HMAC", hash: { name: hash }, length };
    return length % 8 === 0
      ? newKey("secret", extractable, algorithm, usages, handle)
      : secretKey(cutBits(secretExport(handle.id), length), extractable, algorithm, usages);
  },
  importKey(format, data, parameters, extractable, usages) {
    checkUsages(usages);
    const hash = parameters.hash as string;
    const bytes = secretData(format, data, "sig", extractable, usages, (_bytes, jwk) => {
      if (jwk?.alg !== undefined && JWK_ALGORITHMS[hash] !== undefined && jwk.alg !== JWK_ALGORITHMS[hash]) {
        throw dataError(`The member "alg" of the JSON Web Key must be "${JWK_ALGORITHMS[hash]}"`);
      }
    });
    if (bytes.length === 0) {
      throw dataError("An HMAC key must not be empty");
    }
    const length = (parameters["length"] as number | undefined) ?? bytes.length * 8;
    if (length > bytes.length * 8 || length <= bytes.length * 8 - 8) {
      throw dataError("The length does not fit the key");
    }
    return secretKey(cutBits(bytes, length), extractable, { name: "HMAC", hash: { name: hash }, length }, usages);
  },
  exportKey: (format, key) => exportSecret(format, key, JWK_ALGORITHMS[keySlots(key).algorithm.hash?.name as string]),
  keyLength(parameters) {
    if (parameters["length"] === 0) {
      throw codedTypeError("ERR_INVALID_ARG_VALUE", "The length of an HMAC key must not be 0");
    }
    return generatedBits(parameters);
  },
  checkParameters(operation: Operation, parameters: Parameters) {
    if (operation === "generateKey" || operation === "keyLength") {
      generatedBits(parameters);
    }
  },
} satisfies Partial<Algorithm> as unknown as Algorithm;
