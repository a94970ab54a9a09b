// `KeyObject` of secret keys: bytes that only `export` and HMAC give out.

import { Buffer } from "node:buffer";
import { codes, notImplemented } from "crust:node/internal/errors";

const B: any = Buffer;
const made = Symbol("made here");
const bytesOf = new WeakMap<object, Uint8Array>();

export class KeyObject {
  readonly type: string;

  constructor(guard: symbol, type: string) {
    if (guard !== made) throw new codes.ERR_INVALID_ARG_VALUE!("type", guard);
    this.type = type;
  }

  static from(_key: unknown): never {
    return notImplemented("crypto.KeyObject.from");
  }
  get symmetricKeySize(): number {
    return bytesOf.get(this)!.length;
  }
  get [Symbol.toStringTag](): string {
    return "KeyObject";
  }
  export(options?: { format?: string }): any {
    const bytes = bytesOf.get(this)!;
    if (options?.format === "jwk") return { kty: "oct", k: B.from(bytes).toString("base64url") };
    if (options?.format !== undefined && options.format !== "buffer") {
      throw new codes.ERR_INVALID_ARG_VALUE!("options.format", options.format, "must be one of: undefined, 'buffer', 'jwk'");
    }
    return B.from(bytes);
  }
  equals(other: unknown): boolean {
    if (!(other instanceof KeyObject)) throw new codes.ERR_INVALID_ARG_TYPE!("otherKeyObject", "KeyObject", other);
    return B.compare(bytesOf.get(this), bytesOf.get(other)) === 0;
  }
}

export function makeSecret(bytes: Uint8Array): KeyObject {
  const key = new KeyObject(made, "secret");
  bytesOf.set(key, new Uint8Array(bytes));
  return key;
}

/** The bytes of a secret key, or undefined for anything else. */
export function secretBytes(value: unknown): Uint8Array | undefined {
  return typeof value === "object" && value !== null ? bytesOf.get(value) : undefined;
}
