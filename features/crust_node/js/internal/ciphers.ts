// `Cipheriv` and `Decipheriv` of `node:crypto`: AES as transforms over natives.

import { Buffer } from "node:buffer";
import {
  cipherAuthenticate, cipherClose, cipherExpectTag, cipherFinal, cipherOpen, cipherPadding, cipherTag, cipherUpdate,
} from "crust:ops/node";
import { codes } from "crust:node/internal/errors";
import { toBytes } from "crust:node/internal/hash";
import { secretBytes } from "crust:node/internal/keys";
import { Transform } from "crust:node/internal/streams/duplex";
import { validateString } from "crust:node/internal/validators";

const B: any = Buffer;
const TransformBase: any = Transform;
const closing = new FinalizationRegistry<number>((handle) => cipherClose(handle));

/** Key bits, block and nonce sizes by name. */
export const cipherNames = ["128", "192", "256"].flatMap((bits) => ["cbc", "ctr", "ecb", "gcm"].map((mode) => `aes-${bits}-${mode}`));

function invalidState(method?: string): Error {
  return Object.assign(new Error(`Invalid state${method ? ` for operation ${method}` : ""}`), { code: "ERR_CRYPTO_INVALID_STATE" });
}

class CipherBase extends TransformBase {
  _handle: number;
  _authenticates: boolean;
  _encrypts: boolean;
  _finished = false;
  _started = false;
  _tagLength: number;
  _hasTag = false;

  constructor(name: any, key: any, iv: any, options: any, encrypts: boolean) {
    validateString(name, "cipher");
    const secret = secretBytes(key) ?? toBytes(key, options?.encoding, "key");
    const nonce = iv === null ? new Uint8Array(0) : toBytes(iv, undefined, "iv");
    super(options);
    this._encrypts = encrypts;
    const lower = name.toLowerCase();
    this._authenticates = lower.endsWith("-gcm");
    this._tagLength = options?.authTagLength ?? 16;
    this._handle = cipherOpen(lower, secret, nonce, encrypts);
    if (this._handle < 0) throw Object.assign(new Error("Unknown cipher"), { code: "ERR_CRYPTO_UNKNOWN_CIPHER" });
    closing.register(this, this._handle);
  }

  _out(bytes: Uint8Array, encoding: any): any {
    const buffer = B.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return encoding && encoding !== "buffer" ? buffer.toString(encoding) : buffer;
  }
  _transform(chunk: any, encoding: string, callback: (error?: any, data?: any) => void): void {
    callback(null, this.update(chunk, encoding));
  }
  _flush(callback: (error?: any, data?: any) => void): void {
    try {
      callback(null, this.final());
    } catch (error) {
      callback(error);
    }
  }

  update(data: any, inputEncoding?: any, outputEncoding?: any): any {
    if (this._finished) throw new Error("Trying to add data in unsupported state");
    this._started = true;
    return this._out(cipherUpdate(this._handle, toBytes(data, inputEncoding, "data")), outputEncoding);
  }
  final(outputEncoding?: any): any {
    if (this._finished) throw invalidState();
    this._finished = true;
    if (this._authenticates && !this._encrypts && !this._hasTag) throw new Error("Unsupported state or unable to authenticate data");
    return this._out(cipherFinal(this._handle), outputEncoding);
  }
  setAutoPadding(on = true): this {
    if (this._finished) throw invalidState("setAutoPadding");
    cipherPadding(this._handle, Boolean(on));
    return this;
  }
  setAAD(data: any, options?: any): this {
    if (!this._authenticates || this._finished || this._started) throw invalidState("setAAD");
    cipherAuthenticate(this._handle, toBytes(data, options?.encoding, "buffer"));
    return this;
  }
}

export class Cipheriv extends CipherBase {
  constructor(name: any, key: any, iv: any, options?: any) {
    super(name, key, iv, options, true);
  }
  getAuthTag(): any {
    const tag = this._authenticates && this._finished ? cipherTag(this._handle) : null;
    if (tag === null) throw invalidState("getAuthTag");
    return B.from(tag).subarray(0, this._tagLength);
  }
}

export class Decipheriv extends CipherBase {
  constructor(name: any, key: any, iv: any, options?: any) {
    super(name, key, iv, options, false);
  }
  setAuthTag(tag: any, encoding?: any): this {
    if (!this._authenticates || this._finished || this._hasTag) throw invalidState("setAuthTag");
    const bytes = toBytes(tag, encoding, "buffer");
    if (![4, 8, 12, 13, 14, 15, 16].includes(bytes.length)) {
      throw Object.assign(new TypeError(`Invalid authentication tag length: ${bytes.length}`), { code: "ERR_CRYPTO_INVALID_AUTH_TAG" });
    }
    this._hasTag = cipherExpectTag(this._handle, bytes);
    return this;
  }
}

/** What `crypto.getCipherInfo` tells, or undefined. */
export function cipherInfo(name: any): object | undefined {
  if (typeof name !== "string") throw new codes.ERR_INVALID_ARG_TYPE!("nameOrNid", ["string", "number"], name);
  const lower = name.toLowerCase();
  if (!cipherNames.includes(lower)) return undefined;
  const [, bits, mode] = lower.split("-") as [string, string, string];
  return {
    mode,
    name: lower,
    ...((mode === "cbc" || mode === "ecb") && { blockSize: 16 }),
    ...(mode !== "ecb" && { ivLength: mode === "gcm" ? 12 : 16 }),
    keyLength: Number(bits) / 8,
  };
}
