// CryptoKey of the Web Cryptography API. The key itself is native and named by a number; what the key is and may do
// is in a slot that only this feature can read, whatever a program does to the objects that the getters answer.

import { keyClose } from "crust:ops/crypto";
import { codedTypeError, defineClone, defineInterface, defineLengths, describe, inspectCustom, isObject } from "crust:web/webidl";

export type KeyUsage = "encrypt" | "decrypt" | "sign" | "verify" | "deriveKey" | "deriveBits" | "wrapKey" | "unwrapKey";
export type KeyType = "secret" | "public" | "private";

export interface KeyAlgorithm {
  readonly name: string;
  readonly hash?: { readonly name: string };
  readonly length?: number;
  readonly namedCurve?: string;
  readonly modulusLength?: number;
  readonly publicExponent?: Uint8Array;
}

/** Shared by a key and its clones: the native key goes with the last of them. */
export interface KeyHandle {
  readonly id: number;
}

export interface KeySlots {
  readonly type: KeyType;
  readonly extractable: boolean;
  readonly algorithm: KeyAlgorithm;
  readonly usages: readonly KeyUsage[];
  readonly handle: KeyHandle;
}

export interface CryptoKeyPair {
  publicKey: CryptoKey;
  privateKey: CryptoKey;
}

const CREATE = Symbol("create CryptoKey");
// The order in which usages are listed.
const USAGES: readonly KeyUsage[] = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];

const abandoned = new FinalizationRegistry<number>((id) => keyClose(id));

let slotsOf: (key: CryptoKey) => KeySlots;
let isKey: (value: object) => boolean;

export class CryptoKey {
  #slots: KeySlots;
  #algorithm: KeyAlgorithm | undefined;
  #usages: KeyUsage[] | undefined;

  static {
    slotsOf = (key) => key.#slots;
    isKey = (value) => #slots in value;
  }

  constructor(token?: symbol, slots?: KeySlots) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    this.#slots = slots as KeySlots;
  }

  get type(): KeyType {
    return this.#slots.type;
  }
  get extractable(): boolean {
    return this.#slots.extractable;
  }
  get algorithm(): KeyAlgorithm {
    this.#algorithm ??= copyAlgorithm(this.#slots.algorithm);
    return this.#algorithm;
  }
  get usages(): KeyUsage[] {
    this.#usages ??= [...this.#slots.usages];
    return this.#usages;
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    const { type, extractable, algorithm, usages } = this;
    return `CryptoKey ${inspect({ type, extractable, algorithm, usages }, options)}`;
  }
}
defineInterface(CryptoKey, "CryptoKey");
defineLengths(CryptoKey, { constructor: 0 });
defineClone(CryptoKey, (key: CryptoKey) => new CryptoKey(CREATE, slotsOf(key)));

function copyAlgorithm(algorithm: KeyAlgorithm): KeyAlgorithm {
  const copy: Record<string, unknown> = { ...algorithm };
  if (algorithm.hash !== undefined) {
    copy["hash"] = { ...algorithm.hash };
  }
  if (algorithm.publicExponent !== undefined) {
    copy["publicExponent"] = algorithm.publicExponent.slice();
  }
  return copy as unknown as KeyAlgorithm;
}

/** Owns a native key. */
export function keyHandle(id: number): KeyHandle {
  const handle = { id };
  abandoned.register(handle, id);
  return handle;
}

/** Makes a key; users cannot. */
export function newKey(type: KeyType, extractable: boolean, algorithm: KeyAlgorithm, usages: readonly KeyUsage[], handle: KeyHandle): CryptoKey {
  return new CryptoKey(CREATE, { type, extractable, algorithm, usages: USAGES.filter((usage) => usages.includes(usage)), handle });
}

/** What a key is, whatever the program did to the objects that its getters answer. */
export function keySlots(key: CryptoKey): KeySlots {
  return slotsOf(key);
}

/** The number of the native key. */
export function keyId(key: CryptoKey): number {
  return slotsOf(key).handle.id;
}

/** True for a CryptoKey made here. */
export function isCryptoKey(value: unknown): value is CryptoKey {
  return isObject(value) && isKey(value);
}

/** Web IDL: a CryptoKey. */
export function requireKey(key: unknown, what: string): CryptoKey {
  if (!isCryptoKey(key)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "${what}" argument must be an instance of CryptoKey. Received ${describe(key)}`);
  }
  return key;
}

/** True when every usage is among those allowed. */
export function isSubset(usages: readonly string[], allowed: readonly string[]): boolean {
  return usages.every((usage) => allowed.includes(usage));
}

/** Web IDL: a sequence of KeyUsage. */
export function readUsages(usages: unknown): KeyUsage[] {
  if (!isObject(usages) || typeof (usages as Iterable<unknown>)[Symbol.iterator] !== "function") {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", 'The "keyUsages" argument must be a sequence');
  }
  const list = [...(usages as Iterable<unknown>)].map((usage) => `${usage as string}`) as KeyUsage[];
  const unknown = list.find((usage) => !USAGES.includes(usage));
  if (unknown !== undefined) {
    throw codedTypeError("ERR_INVALID_ARG_VALUE", `'${unknown}' is not a valid key usage`);
  }
  return [...new Set(list)];
}
