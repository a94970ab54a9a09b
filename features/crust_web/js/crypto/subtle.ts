// SubtleCrypto of the Web Cryptography API: checks keys, usages and formats, and lets algorithms.ts do the work.
// Algorithms that are not there reject with a NotSupportedError.

import { normalizeAlgorithm, notSupported } from "crust:web/crypto/algorithms";
import type { Algorithm, JsonWebKey, Parameters } from "crust:web/crypto/algorithms";
import { isCryptoKey, readUsages } from "crust:web/crypto/crypto_key";
import type { CryptoKey, KeyUsage } from "crust:web/crypto/crypto_key";
import { DOMException } from "crust:web/dom_exception";
import { bytesOf, codedTypeError, defineInterface, describe, isBufferSource, isObject, requireArguments, toDOMString } from "crust:web/webidl";

const CREATE = Symbol("create SubtleCrypto");
const FORMATS = ["raw", "pkcs8", "spki", "jwk"];

function requireBytes(data: unknown, what: string): Uint8Array {
  if (!isBufferSource(data)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "${what}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView. Received ${describe(data)}`);
  }
  return bytesOf(data).slice();
}

function requireKey(key: unknown): CryptoKey {
  if (!isCryptoKey(key)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "key" argument must be an instance of CryptoKey. Received ${describe(key)}`);
  }
  return key;
}

function requireFormat(format: unknown): string {
  const name = toDOMString(format);
  if (!FORMATS.includes(name)) {
    throw codedTypeError("ERR_INVALID_ARG_VALUE", `'${name}' is not a valid key format`);
  }
  return name;
}

function requireUse(key: CryptoKey, parameters: Parameters, usage: KeyUsage): void {
  if (key.algorithm.name !== parameters.name) {
    throw new DOMException("The key is for another algorithm", "InvalidAccessError");
  }
  if (!key.usages.includes(usage)) {
    throw new DOMException(`The key cannot be used for ${usage}`, "InvalidAccessError");
  }
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.byteLength === bytes.byteLength ? (bytes.buffer as ArrayBuffer) : (bytes.slice().buffer as ArrayBuffer);
}

// Compares without telling by its duration where the first difference is.
function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index++) {
    difference |= (left[index] as number) ^ (right[index] ?? 0);
  }
  return difference === 0;
}

function withUsages(key: CryptoKey): CryptoKey {
  if (key.usages.length === 0) {
    throw new DOMException("A secret key needs at least one usage", "SyntaxError");
  }
  return key;
}

async function derive(algorithm: unknown, baseKey: unknown, length: number | null, usage: KeyUsage): Promise<Uint8Array> {
  const { algorithm: steps, parameters } = normalizeAlgorithm(algorithm, "deriveBits");
  const key = requireKey(baseKey);
  requireUse(key, parameters, usage);
  if (length === null || length % 8 !== 0) {
    throw new DOMException("The number of bits must be a multiple of 8", "OperationError");
  }
  return (steps.deriveBits as NonNullable<Algorithm["deriveBits"]>)(parameters, key, length);
}

export class SubtleCrypto {
  constructor(token?: symbol) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
  }

  async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
    requireArguments(arguments.length, 2);
    const { algorithm: steps } = normalizeAlgorithm(algorithm, "digest");
    return bufferOf((steps.digest as NonNullable<Algorithm["digest"]>)(requireBytes(data, "data")));
  }

  async generateKey(algorithm: unknown, extractable: boolean, keyUsages: unknown): Promise<CryptoKey> {
    requireArguments(arguments.length, 3);
    const usages = readUsages(keyUsages);
    const { algorithm: steps, parameters } = normalizeAlgorithm(algorithm, "generateKey");
    return withUsages((steps.generateKey as NonNullable<Algorithm["generateKey"]>)(parameters, Boolean(extractable), usages));
  }

  async importKey(format: string, keyData: unknown, algorithm: unknown, extractable: boolean, keyUsages: unknown): Promise<CryptoKey> {
    requireArguments(arguments.length, 5);
    const usages = readUsages(keyUsages);
    const form = requireFormat(format);
    const { algorithm: steps, parameters } = normalizeAlgorithm(algorithm, "importKey");
    if (form === "jwk" && (!isObject(keyData) || isBufferSource(keyData))) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", 'The "keyData" argument must be a JSON Web Key');
    }
    const data = form === "jwk" ? { ...(keyData as JsonWebKey) } : requireBytes(keyData, "keyData");
    return withUsages((steps.importKey as NonNullable<Algorithm["importKey"]>)(form, data, parameters, Boolean(extractable), usages));
  }

  async exportKey(format: string, key: unknown): Promise<ArrayBuffer | JsonWebKey> {
    requireArguments(arguments.length, 2);
    const form = requireFormat(format);
    const checked = requireKey(key);
    const { algorithm: steps } = normalizeAlgorithm(checked.algorithm, "exportKey");
    if (!checked.extractable) {
      throw new DOMException("The key is not extractable", "InvalidAccessError");
    }
    const exported = (steps.exportKey as NonNullable<Algorithm["exportKey"]>)(form, checked);
    return exported instanceof Uint8Array ? bufferOf(exported) : exported;
  }

  async sign(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    requireArguments(arguments.length, 3);
    const { algorithm: steps, parameters } = normalizeAlgorithm(algorithm, "sign");
    const checked = requireKey(key);
    const bytes = requireBytes(data, "data");
    requireUse(checked, parameters, "sign");
    return bufferOf((steps.sign as NonNullable<Algorithm["sign"]>)(parameters, checked, bytes));
  }

  async verify(algorithm: unknown, key: unknown, signature: unknown, data: unknown): Promise<boolean> {
    requireArguments(arguments.length, 4);
    const { algorithm: steps, parameters } = normalizeAlgorithm(algorithm, "sign");
    const checked = requireKey(key);
    const given = requireBytes(signature, "signature");
    const bytes = requireBytes(data, "data");
    requireUse(checked, parameters, "verify");
    return isEqual((steps.sign as NonNullable<Algorithm["sign"]>)(parameters, checked, bytes), given);
  }

  async deriveBits(algorithm: unknown, baseKey: unknown, length: number | null = null): Promise<ArrayBuffer> {
    requireArguments(arguments.length, 2);
    return bufferOf(await derive(algorithm, baseKey, length === null ? null : Number(length) >>> 0, "deriveBits"));
  }

  async deriveKey(algorithm: unknown, baseKey: unknown, derivedKeyType: unknown, extractable: boolean, keyUsages: unknown): Promise<CryptoKey> {
    requireArguments(arguments.length, 5);
    const usages = readUsages(keyUsages);
    const { algorithm: target, parameters } = normalizeAlgorithm(derivedKeyType, "importKey");
    const length = (target.keyLength as NonNullable<Algorithm["keyLength"]>)(parameters);
    const secret = await derive(algorithm, baseKey, length, "deriveKey");
    return withUsages((target.importKey as NonNullable<Algorithm["importKey"]>)("raw", secret, parameters, Boolean(extractable), usages));
  }

  async encrypt(algorithm: unknown, _key: unknown, _data: unknown): Promise<never> {
    throw unsupported(algorithm, "encrypt");
  }
  async decrypt(algorithm: unknown, _key: unknown, _data: unknown): Promise<never> {
    throw unsupported(algorithm, "decrypt");
  }
  async wrapKey(_format: string, _key: unknown, _wrappingKey: unknown, algorithm: unknown): Promise<never> {
    throw unsupported(algorithm, "wrapKey");
  }
  async unwrapKey(_format: string, _wrappedKey: unknown, _unwrappingKey: unknown, algorithm: unknown, _unwrapped: unknown, _extractable: boolean, _usages: unknown): Promise<never> {
    throw unsupported(algorithm, "unwrapKey");
  }
}
defineInterface(SubtleCrypto, "SubtleCrypto");

function unsupported(algorithm: unknown, operation: string): DOMException {
  const name = isObject(algorithm) ? (algorithm as { name?: unknown }).name : algorithm;
  return notSupported(`The algorithm ${String(name)} for ${operation}`);
}

export const subtle = new SubtleCrypto(CREATE);
