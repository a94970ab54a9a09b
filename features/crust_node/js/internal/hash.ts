// `Hash` and `Hmac` of `node:crypto`: transforms over native digests.

import { Buffer } from "node:buffer";
import { hashClose, hashCopy, hashDigest, hashOpen, hashUpdate } from "crust:ops/node";
import { codes } from "crust:node/internal/errors";
import { secretBytes } from "crust:node/internal/keys";
import { Transform } from "crust:node/internal/streams/duplex";
import { validateString } from "crust:node/internal/validators";

const B: any = Buffer;
const closing = new FinalizationRegistry<number>((handle) => hashClose(handle));

export function toBytes(data: any, encoding: any, name: string): Uint8Array {
  if (typeof data === "string") return B.from(data, encoding === "buffer" ? "utf8" : encoding);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new codes.ERR_INVALID_ARG_TYPE!(name, ["string", "Buffer", "TypedArray", "DataView"], data);
}

const kHandle = Symbol("handle");
const kDone = Symbol("done");

const TransformBase: any = Transform;

class Digest extends TransformBase {
  [kHandle]: number;
  [kDone] = false;

  constructor(handle: number, options?: object) {
    super(options);
    this[kHandle] = handle;
    closing.register(this, handle, this);
  }

  _transform(chunk: any, encoding: string, callback: (error?: any) => void): void {
    hashUpdate(this[kHandle], toBytes(chunk, encoding, "data"));
    callback();
  }
  _flush(callback: (error?: any) => void): void {
    this.push(this.digest());
    callback();
  }
  update(data: any, encoding?: any): this {
    if (this[kDone]) throw new codes.ERR_CRYPTO_HASH_FINALIZED!();
    hashUpdate(this[kHandle], toBytes(data, encoding, "data"));
    return this;
  }
  _finish(encoding: any): any {
    this[kDone] = true;
    closing.unregister(this);
    const bytes = hashDigest(this[kHandle]) as Uint8Array;
    const buffer = B.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return encoding && encoding !== "buffer" ? buffer.toString(encoding) : buffer;
  }
}

export class Hash extends Digest {
  constructor(algorithm: any, options?: any) {
    validateString(algorithm, "algorithm");
    if (options?.outputLength !== undefined) throw new codes.ERR_NOT_IMPLEMENTED!("crypto.createHash with outputLength");
    super(open(algorithm, undefined, "Digest method not supported"), options);
  }
  digest(encoding?: any): any {
    if (this[kDone]) throw new codes.ERR_CRYPTO_HASH_FINALIZED!();
    return this._finish(encoding);
  }
  copy(options?: any): Hash {
    if (this[kDone]) throw new codes.ERR_CRYPTO_HASH_FINALIZED!();
    const copy = Object.create(Hash.prototype);
    TransformBase.call(copy, options);
    return adopt(copy, hashCopy(this[kHandle]));
  }
}

function adopt(hash: any, handle: number): any {
  hash[kHandle] = handle;
  hash[kDone] = false;
  closing.register(hash, handle, hash);
  return hash;
}

export class Hmac extends Digest {
  constructor(algorithm: any, key: any, options?: any) {
    validateString(algorithm, "hmac");
    if (key === null || key === undefined) throw new codes.ERR_INVALID_ARG_TYPE!("key", ["string", "ArrayBuffer", "Buffer", "TypedArray", "DataView", "KeyObject", "CryptoKey"], key);
    super(open(algorithm, secretBytes(key) ?? toBytes(key, options?.encoding, "key"), `Invalid digest: ${algorithm}`), options);
  }
  digest(encoding?: any): any {
    // A second digest of an HMAC is empty, unlike a hash's.
    if (this[kDone]) return encoding && encoding !== "buffer" ? "" : B.alloc(0);
    return this._finish(encoding);
  }
}

function open(algorithm: string, key: Uint8Array | undefined, failure: string): number {
  const handle = hashOpen(algorithm.toLowerCase(), key);
  if (handle >= 0) return handle;
  if (key !== undefined) throw new codes.ERR_CRYPTO_INVALID_DIGEST!(algorithm);
  throw new Error(failure);
}
