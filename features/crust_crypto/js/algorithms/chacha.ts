// ChaCha20-Poly1305 of the draft "Modern Algorithms in the Web Cryptography API", as Bun and Node have it.

import { chacha20Poly1305, secretGenerate } from "crust:ops/crypto";
import { exportSecret, secretData, secretKey } from "crust:crypto/algorithms/secret";
import { isSubset, keyHandle, keyId, newKey } from "crust:crypto/crypto_key";
import type { CryptoKey, KeyUsage } from "crust:crypto/crypto_key";
import { dataError, notSupported, operationError, succeeded, syntaxError } from "crust:crypto/errors";
import type { Algorithm, Operation, Parameters } from "crust:crypto/normalize";

const NAME = "ChaCha20-Poly1305";
const JWK_ALGORITHM = "C20P";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;

function checkUsages(usages: readonly KeyUsage[]): void {
  if (!isSubset(usages, ["encrypt", "decrypt", "wrapKey", "unwrapKey"])) {
    throw syntaxError(`A key for ${NAME} cannot be used for that`);
  }
}

// The draft has no form for these keys under the old name "raw".
function checkFormat(format: string): void {
  if (format === "raw") {
    throw notSupported(`The key format raw for ${NAME}`);
  }
}

function checkCipher(parameters: Parameters): void {
  if ((parameters["iv"] as Uint8Array).length !== NONCE_BYTES) {
    throw operationError(`The member "iv" of ${NAME} must have 12 bytes`);
  }
  if (parameters["tagLength"] !== undefined && parameters["tagLength"] !== 128) {
    throw operationError(`The member "tagLength" of ${NAME} must be 128`);
  }
}

async function run(isEncryption: boolean, parameters: Parameters, key: CryptoKey, data: Uint8Array): Promise<Uint8Array> {
  checkCipher(parameters);
  const additional = parameters["additionalData"] ?? new Uint8Array(0);
  const result = await chacha20Poly1305(isEncryption, keyId(key), parameters["iv"], additional, data);
  return succeeded(result as Uint8Array | null, isEncryption ? "Encryption" : "Decryption");
}

export const CHACHA: Algorithm = {
  encrypt: (parameters, key, data) => run(true, parameters, key, data),
  decrypt: (parameters, key, data) => run(false, parameters, key, data),
  generateKey(_parameters, extractable, usages) {
    checkUsages(usages);
    const id = succeeded(secretGenerate(KEY_BYTES) as number | null, "Key generation");
    return newKey("secret", extractable, { name: NAME }, usages, keyHandle(id));
  },
  importKey(format, data, _parameters, extractable, usages) {
    checkUsages(usages);
    checkFormat(format);
    const bytes = secretData(format, data, "enc", extractable, usages, (bytes, jwk) => {
      if (bytes.length !== KEY_BYTES) {
        throw dataError(`A key for ${NAME} has 256 bits`);
      }
      if (jwk?.alg !== undefined && jwk.alg !== JWK_ALGORITHM) {
        throw dataError(`The member "alg" of the JSON Web Key must be "${JWK_ALGORITHM}"`);
      }
    });
    return secretKey(bytes, extractable, { name: NAME }, usages);
  },
  exportKey(format, key) {
    checkFormat(format);
    return exportSecret(format, key, JWK_ALGORITHM);
  },
  keyLength: () => KEY_BYTES * 8,
  checkParameters(operation: Operation, parameters: Parameters) {
    if (operation === "encrypt" || operation === "decrypt") {
      checkCipher(parameters);
    }
  },
} satisfies Partial<Algorithm> as unknown as Algorithm;
