// SubtleCrypto of the Web Cryptography API: converts arguments, checks keys, usages and formats in the order of the
// standard, and lets the algorithms work. It holds no state.

import { hasOperation, normalize, sourceBytes, stepsOf } from "crust:crypto/normalize";
import type { Normalized } from "crust:crypto/normalize";
import { keyPublic } from "crust:ops/crypto";
import { isSubset, keyHandle, keyId, keySlots, newKey, readUsages, requireKey } from "crust:crypto/crypto_key";
import type { CryptoKey, CryptoKeyPair, KeyUsage } from "crust:crypto/crypto_key";
import { dataError, invalidAccess, notSupported, succeeded, syntaxError } from "crust:crypto/errors";
import { readJwk } from "crust:crypto/jwk";
import type { JsonWebKey } from "crust:crypto/jwk";
import { codedTypeError, defineInterface, defineLengths, describe, isArrayBuffer, isBufferSource, isObject, isSharedArrayBuffer, requireArguments, toDOMString } from "crust:web/webidl";

const CREATE = Symbol("create SubtleCrypto");
const FORMATS = ["raw", "pkcs8", "spki", "jwk", "raw-secret", "raw-public"];

/** Web IDL: a BufferSource. Its bytes are read after the algorithm, whose getters may change them. */
function requireSource(data: unknown, what: string): BufferSource {
  const isView = ArrayBuffer.isView(data);
  if (!(isView ? !isSharedArrayBuffer(data.buffer) : isArrayBuffer(data))) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "${what}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView. Received ${describe(data)}`);
  }
  return data as BufferSource;
}

/** Web IDL: an AlgorithmIdentifier. */
function requireAlgorithm(algorithm: unknown): unknown {
  return isObject(algorithm) ? algorithm : toDOMString(algorithm);
}

function requireFormat(format: unknown): string {
  const name = toDOMString(format);
  if (!FORMATS.includes(name)) {
    throw codedTypeError("ERR_INVALID_ARG_VALUE", `'${name}' is not a valid key format`);
  }
  return name;
}

/** Web IDL: an unsigned long, or null. */
function optionalLength(length: unknown): number | null {
  return length === null || length === undefined ? null : Number(length) >>> 0;
}

function requireUse(key: CryptoKey, name: string, usage: KeyUsage): void {
  const slots = keySlots(key);
  if (slots.algorithm.name !== name) {
    throw invalidAccess("The key is for another algorithm");
  }
  if (!slots.usages.includes(usage)) {
    throw invalidAccess(`The key cannot be used for ${usage}`);
  }
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.byteLength === bytes.byteLength ? (bytes.buffer as ArrayBuffer) : (bytes.slice().buffer as ArrayBuffer);
}

function withUsages(key: CryptoKey): CryptoKey {
  const { type, usages } = keySlots(key);
  if (type !== "public" && usages.length === 0) {
    throw syntaxError(`A ${type} key needs at least one usage`);
  }
  return key;
}

async function derive({ algorithm, parameters }: Normalized, key: CryptoKey, length: number | null): Promise<Uint8Array> {
  return algorithm.deriveBits(parameters, key, length);
}

function exportData(format: string, key: CryptoKey): Uint8Array | JsonWebKey {
  const { algorithm, extractable } = keySlots(key);
  const steps = stepsOf(algorithm.name, "exportKey");
  if (!extractable) {
    throw invalidAccess("The key is not extractable");
  }
  return steps.exportKey(format, key);
}

/** The steps for wrapping: the algorithm's own, or its encryption when it has none for these parameters. */
function normalizeWrapping(own: "wrapKey" | "unwrapKey", general: "encrypt" | "decrypt", algorithm: unknown): Normalized & { isOwn: boolean } {
  try {
    return { ...normalize(own, algorithm), isOwn: true };
  } catch {
    return { ...normalize(general, algorithm), isOwn: false };
  }
}

function parseJwk(bytes: Uint8Array): JsonWebKey {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw dataError("The wrapped key is no JSON Web Key");
  }
  if (!isObject(value)) {
    throw dataError("The wrapped key is no JSON Web Key");
  }
  const jwk = readJwk(value);
  if (jwk.kty === undefined) {
    throw dataError("The wrapped key is no JSON Web Key");
  }
  return jwk;
}

/** What the methods that turn data into data with a key have in common. */
async function transform(operation: "encrypt" | "decrypt" | "sign", algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
  const [identifier, checked, source] = [requireAlgorithm(algorithm), requireKey(key, "key"), requireSource(data, "data")];
  const { algorithm: steps, parameters } = normalize(operation, identifier);
  requireUse(checked, parameters.name, operation);
  return bufferOf(await steps[operation](parameters, checked, sourceBytes(source)));
}

export class SubtleCrypto {
  constructor(token?: symbol) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
  }

  static supports(operation: string, algorithm: unknown, third: unknown = null): boolean {
    requireArguments(arguments.length, 2);
    const { supports } = require("crust:crypto/supports") as typeof import("crust:crypto/supports");
    return supports(toDOMString(operation), requireAlgorithm(algorithm), third);
  }

  async encrypt(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    requireInstance(this);
    requireArguments(arguments.length, 3);
    return transform("encrypt", algorithm, key, data);
  }

  async decrypt(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    requireInstance(this);
    requireArguments(arguments.length, 3);
    return transform("decrypt", algorithm, key, data);
  }

  async sign(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    requireInstance(this);
    requireArguments(arguments.length, 3);
    return transform("sign", algorithm, key, data);
  }

  async verify(algorithm: unknown, key: unknown, signature: unknown, data: unknown): Promise<boolean> {
    requireInstance(this);
    requireArguments(arguments.length, 4);
    const [identifier, checked] = [requireAlgorithm(algorithm), requireKey(key, "key")];
    const [given, source] = [requireSource(signature, "signature"), requireSource(data, "data")];
    const { algorithm: steps, parameters } = normalize("verify", identifier);
    requireUse(checked, parameters.name, "verify");
    return steps.verify(parameters, checked, sourceBytes(given), sourceBytes(source));
  }

  async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
    requireInstance(this);
    requireArguments(arguments.length, 2);
    const [identifier, source] = [requireAlgorithm(algorithm), requireSource(data, "data")];
    const { algorithm: steps, parameters } = normalize("digest", identifier);
    return bufferOf(await steps.digest(parameters, sourceBytes(source)));
  }

  async generateKey(algorithm: unknown, extractable: boolean, keyUsages: unknown): Promise<CryptoKey | CryptoKeyPair> {
    requireInstance(this);
    requireArguments(arguments.length, 3);
    const identifier = requireAlgorithm(algorithm);
    const usages = readUsages(keyUsages);
    const { algorithm: steps, parameters } = normalize("generateKey", identifier);
    const made = await steps.generateKey(parameters, Boolean(extractable), usages);
    withUsages("privateKey" in made ? made.privateKey : made);
    return made;
  }

  async deriveKey(algorithm: unknown, baseKey: unknown, derivedKeyType: unknown, extractable: boolean, keyUsages: unknown): Promise<CryptoKey> {
    requireInstance(this);
    requireArguments(arguments.length, 5);
    const [identifier, key, derived] = [requireAlgorithm(algorithm), requireKey(baseKey, "baseKey"), requireAlgorithm(derivedKeyType)];
    const usages = readUsages(keyUsages);
    const derivation = normalize("deriveBits", identifier);
    const target = normalize("importKey", derived);
    const sized = normalize("keyLength", derived);
    requireUse(key, derivation.parameters.name, "deriveKey");
    const length = sized.algorithm.keyLength(sized.parameters);
    const secret = await derive(derivation, key, length);
    return withUsages(target.algorithm.importKey("raw-secret", secret, target.parameters, Boolean(extractable), usages));
  }

  async deriveBits(algorithm: unknown, baseKey: unknown, length: number | null = null): Promise<ArrayBuffer> {
    requireInstance(this);
    requireArguments(arguments.length, 2);
    const [identifier, key, bits] = [requireAlgorithm(algorithm), requireKey(baseKey, "baseKey"), optionalLength(length)];
    const derivation = normalize("deriveBits", identifier);
    requireUse(key, derivation.parameters.name, "deriveBits");
    return bufferOf(await derive(derivation, key, bits));
  }

  async importKey(format: string, keyData: unknown, algorithm: unknown, extractable: boolean, keyUsages: unknown): Promise<CryptoKey> {
    requireInstance(this);
    requireArguments(arguments.length, 5);
    const form = requireFormat(format);
    const source = isBufferSource(keyData) ? requireSource(keyData, "keyData") : readJwk(keyData);
    const identifier = requireAlgorithm(algorithm);
    const usages = readUsages(keyUsages);
    const { algorithm: steps, parameters } = normalize("importKey", identifier);
    if ((form === "jwk") === isBufferSource(source)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "keyData" argument does not fit the format "${form}"`);
    }
    const data = form === "jwk" ? (source as JsonWebKey) : sourceBytes(source as BufferSource);
    return withUsages(steps.importKey(form, data, parameters, Boolean(extractable), usages));
  }

  async exportKey(format: string, key: unknown): Promise<ArrayBuffer | JsonWebKey> {
    requireInstance(this);
    requireArguments(arguments.length, 2);
    const exported = exportData(requireFormat(format), requireKey(key, "key"));
    return exported instanceof Uint8Array ? bufferOf(exported) : exported;
  }

  async wrapKey(format: string, key: unknown, wrappingKey: unknown, wrapAlgorithm: unknown): Promise<ArrayBuffer> {
    requireInstance(this);
    requireArguments(arguments.length, 4);
    const [form, checked, wrapping] = [requireFormat(format), requireKey(key, "key"), requireKey(wrappingKey, "wrappingKey")];
    const { algorithm: steps, parameters, isOwn } = normalizeWrapping("wrapKey", "encrypt", requireAlgorithm(wrapAlgorithm));
    requireUse(wrapping, parameters.name, "wrapKey");
    const exported = exportData(form, checked);
    const bytes = exported instanceof Uint8Array ? exported : new TextEncoder().encode(JSON.stringify(exported));
    return bufferOf(await (isOwn ? steps.wrapKey(parameters, wrapping, bytes) : steps.encrypt(parameters, wrapping, bytes)));
  }

  async unwrapKey(
    format: string, wrappedKey: unknown, unwrappingKey: unknown, unwrapAlgorithm: unknown, unwrappedKeyAlgorithm: unknown, extractable: boolean, keyUsages: unknown,
  ): Promise<CryptoKey> {
    requireInstance(this);
    requireArguments(arguments.length, 7);
    const [form, source, unwrapping] = [requireFormat(format), requireSource(wrappedKey, "wrappedKey"), requireKey(unwrappingKey, "unwrappingKey")];
    const [identifier, target] = [requireAlgorithm(unwrapAlgorithm), requireAlgorithm(unwrappedKeyAlgorithm)];
    const usages = readUsages(keyUsages);
    const { algorithm: steps, parameters, isOwn } = normalizeWrapping("unwrapKey", "decrypt", identifier);
    const { algorithm: importing, parameters: imported } = normalize("importKey", target);
    requireUse(unwrapping, parameters.name, "unwrapKey");
    const wrapped = sourceBytes(source);
    const bytes = await (isOwn ? steps.unwrapKey(parameters, unwrapping, wrapped) : steps.decrypt(parameters, unwrapping, wrapped));
    return withUsages(importing.importKey(form, form === "jwk" ? parseJwk(bytes) : bytes, imported, Boolean(extractable), usages));
  }

  async getPublicKey(key: unknown, keyUsages: unknown): Promise<CryptoKey> {
    requireInstance(this);
    requireArguments(arguments.length, 2);
    const checked = requireKey(key, "key");
    const usages = readUsages(keyUsages);
    const { algorithm, type } = keySlots(checked);
    if (!hasOperation(algorithm.name, "getPublicKey")) {
      throw notSupported(`A public key of ${algorithm.name}`);
    }
    if (type !== "private") {
      throw invalidAccess("The key is not private");
    }
    if (!isSubset(usages, stepsOf(algorithm.name, "getPublicKey").publicUsages(algorithm.name))) {
      throw syntaxError(`A public key for ${algorithm.name} cannot be used for that`);
    }
    const id = succeeded(keyPublic(keyId(checked)) as number | null, "Export");
    return newKey("public", true, algorithm, usages, keyHandle(id));
  }
}
defineInterface(SubtleCrypto, "SubtleCrypto");
defineLengths(SubtleCrypto, { constructor: 0, "static supports": 2, deriveBits: 2 });

export const subtle = new SubtleCrypto(CREATE);

function requireInstance(receiver: SubtleCrypto): void {
  if (receiver !== subtle) {
    throw codedTypeError("ERR_INVALID_THIS", 'Value of "this" must be of type SubtleCrypto');
  }
}
