// `SubtleCrypto.supports`: whether an operation would accept an algorithm, asked without a key.

import { hasOperation, normalize } from "crust:crypto/normalize";
import type { Operation } from "crust:crypto/normalize";
import { isObject, toDOMString } from "crust:web/webidl";

const OPERATIONS = ["encrypt", "decrypt", "sign", "verify", "digest", "generateKey", "deriveKey", "deriveBits", "importKey", "exportKey", "wrapKey", "unwrapKey", "getPublicKey"];

function accepts(operation: Operation, algorithm: unknown, length: number | null = null): boolean {
  const { algorithm: steps, parameters } = normalize(operation, algorithm);
  steps.checkParameters?.(operation, parameters, length);
  return true;
}

function nameOf(algorithm: unknown): string {
  return toDOMString(isObject(algorithm) ? (algorithm as { name: unknown }).name : algorithm);
}

function keyLength(algorithm: unknown): number | null {
  const { algorithm: steps, parameters } = normalize("keyLength", algorithm);
  return steps.keyLength(parameters);
}

function check(operation: string, algorithm: unknown, third: unknown): boolean {
  switch (operation) {
    case "deriveBits":
      return accepts("deriveBits", algorithm, third === null || third === undefined ? null : Number(third) >>> 0);
    case "deriveKey":
      return accepts("importKey", third) && accepts("deriveBits", algorithm, keyLength(third));
    case "wrapKey":
      return hasOperation(nameOf(third), "exportKey") && accepts(hasOperation(nameOf(algorithm), "wrapKey") ? "wrapKey" : "encrypt", algorithm);
    case "unwrapKey":
      return accepts("importKey", third) && accepts(hasOperation(nameOf(algorithm), "unwrapKey") ? "unwrapKey" : "decrypt", algorithm);
    case "exportKey":
    case "getPublicKey":
      return hasOperation(nameOf(algorithm), operation);
    default:
      return accepts(operation as Operation, algorithm);
  }
}

/** False for whatever would throw. */
export function supports(operation: string, algorithm: unknown, third: unknown): boolean {
  if (!OPERATIONS.includes(operation)) {
    return false;
  }
  try {
    return check(operation, algorithm, third);
  } catch {
    return false;
  }
}
