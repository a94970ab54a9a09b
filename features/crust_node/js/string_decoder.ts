// `node:string_decoder`: bytes in pieces to text, never splitting a character. Holds at most three bytes.

import { Buffer } from "node:buffer";
import { normalizeEncoding } from "crust:node/internal/buffer_encodings";
import { codes } from "crust:node/internal/errors";

/** How many bytes at the end of `bytes` begin a UTF-8 character that is not complete. */
function incompleteUtf8(bytes: any): number {
  const length = bytes.length;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back];
    if ((byte & 0xc0) === 0x80) continue;
    // Only the lead byte counts, valid or not: what follows may still come.
    const needed = (byte & 0xe0) === 0xc0 ? 2 : (byte & 0xf0) === 0xe0 ? 3 : (byte & 0xf8) === 0xf0 ? 4 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}

function incompleteUtf16(bytes: any): number {
  const odd = bytes.length % 2;
  const whole = bytes.length - odd;
  // A high surrogate waits for its partner.
  const high = whole >= 2 && (bytes[whole - 1] & 0xfc) === 0xd8;
  return odd + (high ? 2 : 0);
}

const kPending = Symbol("pending");

export class StringDecoder {
  encoding: string;
  [kPending]: any;

  constructor(encoding?: string) {
    const name = normalizeEncoding(encoding);
    if (name === undefined) throw new codes.ERR_UNKNOWN_ENCODING!(encoding);
    this.encoding = name;
    this[kPending] = Buffer.alloc(0);
  }

  write(chunk: any): string {
    if (typeof chunk === "string") return chunk;
    if (!ArrayBuffer.isView(chunk)) throw new codes.ERR_INVALID_ARG_TYPE!("buf", ["Buffer", "TypedArray", "DataView"], chunk);
    let bytes: any = Buffer.from(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength);
    if (this[kPending].length > 0) bytes = Buffer.concat([this[kPending], bytes]);
    const keep = this.#incomplete(bytes);
    this[kPending] = keep > 0 ? Buffer.from(bytes.subarray(bytes.length - keep)) : Buffer.alloc(0);
    return bytes.toString(this.encoding, 0, bytes.length - keep);
  }

  end(chunk?: any): string {
    let text = chunk === undefined ? "" : this.write(chunk);
    if (this[kPending].length > 0) {
      text += this[kPending].toString(this.encoding);
      this[kPending] = Buffer.alloc(0);
    }
    return text;
  }

  text(chunk: any, offset: number): string {
    this[kPending] = Buffer.alloc(0);
    return this.write(chunk.slice(offset));
  }

  #incomplete(bytes: any): number {
    switch (this.encoding) {
      case "utf8": return incompleteUtf8(bytes);
      case "utf16le": return incompleteUtf16(bytes);
      case "base64":
      case "base64url": return bytes.length % 3;
      default: return 0;
    }
  }

  get lastNeed(): number {
    return this.lastTotal - this[kPending].length;
  }

  get lastTotal(): number {
    const pending = this[kPending];
    if (pending.length === 0) return 0;
    if (this.encoding === "utf8") return pending[0] >= 0xf0 ? 4 : pending[0] >= 0xe0 ? 3 : 2;
    if (this.encoding === "utf16le") return pending.length >= 2 ? 4 : 2;
    return 3;
  }

  get lastChar(): any {
    const held = Buffer.alloc(4);
    this[kPending].copy(held);
    return held;
  }
}

export default { StringDecoder };
