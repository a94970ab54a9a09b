// CryptoKey of the Web Cryptography API. The key material is in a slot that only this feature can read.

import { codedTypeError, defineClone, defineInterface, defineLengths, inspectCustom, isObject } from "crust:web/webidl";

export type KeyUsage = "encrypt" | "decrypt" | "sign" | "verify" | "deriveKey" | "deriveBits" | "wrapKey" | "unwrapKey";
export type KeyType = "secret" | "public" | "private";

export interface KeyAlgorithm {
  readonly name: string;
  readonly hash?: { readonly name: string };
  readonly length?: number;
}

const CREATE = Symbol("create CryptoKey");
// The order in which usages are listed.
const USAGES: readonly KeyUsage[] = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];

let materialOf: (key: CryptoKey) => Uint8Array;
let isKey: (value: object) => boolean;

export class CryptoKey {
  #type: KeyType;
  #extractable: boolean;
  #algorithm: KeyAlgorithm;
  #usages: readonly KeyUsage[];
  #material: Uint8Array;

  static {
    materialOf = (key) => key.#material;
    isKey = (value) => #material in value;
  }

  constructor(token?: symbol, type?: KeyType, extractable?: boolean, algorithm?: KeyAlgorithm, usages?: readonly KeyUsage[], material?: Uint8Array) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    this.#type = type as KeyType;
    this.#extractable = extractable as boolean;
    this.#algorithm = algorithm as KeyAlgorithm;
    this.#usages = USAGES.filter((usage) => usages?.includes(usage));
    this.#material = material as Uint8Array;
  }

  get type(): KeyType {
    return this.#type;
  }
  get extractable(): boolean {
    return this.#extractable;
  }
  get algorithm(): KeyAlgorithm {
    return this.#algorithm;
  }
  get usages(): readonly KeyUsage[] {
    return this.#usages;
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    const { type, extractable, algorithm, usages } = this;
    return `CryptoKey ${inspect({ type, extractable, algorithm, usages }, options)}`;
  }
}
defineInterface(CryptoKey, "CryptoKey");
defineLengths(CryptoKey, { constructor: 0 });
defineClone(CryptoKey, (key: CryptoKey) => newKey(key.type, key.extractable, key.algorithm, key.usages, materialOf(key)));

/** Makes a key; users cannot. */
export function newKey(type: KeyType, extractable: boolean, algorithm: KeyAlgorithm, usages: readonly KeyUsage[], material: Uint8Array): CryptoKey {
  return new CryptoKey(CREATE, type, extractable, algorithm, usages, material);
}

/** The bytes of a key. They must not be changed. */
export function keyMaterial(key: CryptoKey): Uint8Array {
  return materialOf(key);
}

/** True for a CryptoKey made here. */
export function isCryptoKey(value: unknown): value is CryptoKey {
  return isObject(value) && isKey(value);
}

/** Checks the usages a user wants against those an algorithm has. */
export function isSubset(usages: readonly KeyUsage[], allowed: readonly KeyUsage[]): boolean {
  return usages.every((usage) => allowed.includes(usage));
}

/** Web IDL: a sequence of KeyUsage. */
export function readUsages(usages: unknown): KeyUsage[] {
  if (!isObject(usages) || typeof (usages as Iterable<unknown>)[Symbol.iterator] !== "function") {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", 'The "keyUsages" argument must be a sequence');
  }
  const list = [...(usages as Iterable<unknown>)].map(String) as KeyUsage[];
  const unknown = list.find((usage) => !USAGES.includes(usage));
  if (unknown !== undefined) {
    throw codedTypeError("ERR_INVALID_ARG_VALUE", `'${unknown}' is not a valid key usage`);
  }
  return [...new Set(list)];
}
