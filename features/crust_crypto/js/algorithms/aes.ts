// AES-GCM, AES-CBC, AES-CTR and AES-KW of the Web Cryptography API.

import { aesCbc, aesCtr, aesGcm, aesKw, secretGenerate } from "crust:ops/crypto";
import { exportSecret, secretData, secretKey } from "crust:crypto/algorithms/secret";
import { isSubset, keyHandle, keyId, keySlots, newKey } from "crust:crypto/crypto_key";
import type { CryptoKey, KeyUsage } from "crust:crypto/crypto_key";
import { dataError, operationError, succeeded, syntaxError } from "crust:crypto/errors";
import type { Algorithm, Operation, Parameters } from "crust:crypto/normalize";

const LENGTHS = [128, 192, 256];
const TAG_LENGTHS = [32, 64, 96, 104, 112, 120, 128];
const BLOCK_BYTES = 16;
// NIST SP 800-38D §5.2.1.1: the most that one nonce encrypts.
const LONGEST_GCM = 2 ** 36 - 32;

function usagesOf(name: string): readonly KeyUsage[] {
  return name === "AES-KW" ? ["wrapKey", "unwrapKey"] : ["encrypt", "decrypt", "wrapKey", "unwrapKey"];
}

function checkUsages(name: string, usages: readonly KeyUsage[]): void {
  if (!isSubset(usages, usagesOf(name))) {
    throw syntaxError(`A key for ${name} cannot be used for that`);
  }
}

function checkLength(parameters: Parameters): number {
  const length = parameters["length"] as number;
  if (!LENGTHS.includes(length)) {
    throw operationError("An AES key has 128, 192 or 256 bits");
  }
  return length;
}

function checkCipher(parameters: Parameters): void {
  if (parameters.name === "AES-GCM") {
    if ((parameters["iv"] as Uint8Array).length === 0) {
      throw operationError('The member "iv" of AES-GCM must not be empty');
    }
    if (parameters["tagLength"] !== undefined && !TAG_LENGTHS.includes(parameters["tagLength"] as number)) {
      throw operationError('The member "tagLength" of AES-GCM must be 32, 64, 96, 104, 112, 120 or 128');
    }
    return;
  }
  const member = parameters.name === "AES-CBC" ? "iv" : "counter";
  if ((parameters[member] as Uint8Array).length !== BLOCK_BYTES) {
    throw operationError(`The member "${member}" of ${parameters.name} must have 16 bytes`);
  }
  if (parameters.name === "AES-CTR" && (parameters["length"] === 0 || (parameters["length"] as number) > 128)) {
    throw operationError('The member "length" of AES-CTR must be from 1 to 128');
  }
}

function cipher(isEncryption: boolean, parameters: Parameters, key: CryptoKey, data: Uint8Array): unknown {
  checkCipher(parameters);
  switch (parameters.name) {
    case "AES-GCM":
      if (isEncryption && data.length > LONGEST_GCM) {
        throw operationError("The data is too long");
      }
      return aesGcm(isEncryption, keyId(key), parameters["iv"], parameters["additionalData"] ?? new Uint8Array(0), ((parameters["tagLength"] as number | undefined) ?? 128) / 8, data);
    case "AES-CBC":
      return aesCbc(isEncryption, keyId(key), parameters["iv"], data);
    default:
      return aesCtr(keyId(key), parameters["counter"], parameters["length"], data);
  }
}

async function run(isEncryption: boolean, parameters: Parameters, key: CryptoKey, data: Uint8Array): Promise<Uint8Array> {
  return succeeded((await cipher(isEncryption, parameters, key, data)) as Uint8Array | null, isEncryption ? "Encryption" : "Decryption");
}

// RFC 7518 §4.4, §5.3 and what the Web Cryptography API adds: A128GCM, A256KW, A192CTR.
function jwkAlgorithm(name: string, bits: number): string {
  return `A${bits}${name.slice("AES-".length)}`;
}

export const AES: Algorithm = {
  encrypt: (parameters, key, data) => run(true, parameters, key, data),
  decrypt: (parameters, key, data) => run(false, parameters, key, data),
  wrapKey: async (_parameters, key, data) => succeeded((await aesKw(true, keyId(key), data)) as Uint8Array | null, "Wrapping"),
  unwrapKey: async (_parameters, key, data) => succeeded((await aesKw(false, keyId(key), data)) as Uint8Array | null, "Unwrapping"),
  generateKey(parameters, extractable, usages) {
    checkUsages(parameters.name, usages);
    const length = checkLength(parameters);
    const id = succeeded(secretGenerate(length / 8) as number | null, "Key generation");
    return newKey("secret", extractable, { name: parameters.name, length }, usages, keyHandle(id));
  },
  importKey(format, data, parameters, extractable, usages) {
    checkUsages(parameters.name, usages);
    const bytes = secretData(format, data, "enc", extractable, usages, (bytes, jwk) => {
      if (!LENGTHS.includes(bytes.length * 8)) {
        throw dataError("An AES key has 128, 192 or 256 bits");
      }
      if (jwk?.alg !== undefined && jwk.alg !== jwkAlgorithm(parameters.name, bytes.length * 8)) {
        throw dataError(`The member "alg" of the JSON Web Key must be "${jwkAlgorithm(parameters.name, bytes.length * 8)}"`);
      }
    });
    return secretKey(bytes, extractable, { name: parameters.name, length: bytes.length * 8 }, usages);
  },
  exportKey(format, key) {
    const { name, length } = keySlots(key).algorithm;
    return exportSecret(format, key, jwkAlgorithm(name, length as number));
  },
  keyLength: checkLength,
  checkParameters(operation: Operation, parameters: Parameters) {
    if (operation === "generateKey" || operation === "keyLength") {
      checkLength(parameters);
    } else if (operation === "encrypt" || operation === "decrypt") {
      checkCipher(parameters);
    }
  },
} satisfies Partial<Algorithm> as unknown as Algorithm;
