// The global `crypto`: random values and UUIDs. `subtle` is loaded when it is first read.

import { isEqual, randomFill } from "crust:ops/crypto";
import { DOMException } from "crust:web/dom_exception";
import { bytesOf, codedRangeError, codedTypeError, defineInterface, defineLengths, isBufferSource, requireArguments } from "crust:web/webidl";

// The Web Cryptography API's limit for one call.
const LONGEST_FILL = 65536;
const UUID_BYTES = 16;
// One native call fetches random bytes for this many UUIDs.
const UUIDS_PER_FILL = 128;

const CREATE = Symbol("create Crypto");
const HEX: string[] = [];
const pool = new Uint8Array(UUID_BYTES * UUIDS_PER_FILL);
let poolIndex = pool.length;

type IntegerArray = Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array;

function isIntegerArray(value: unknown): value is IntegerArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !/Float/.test((value as Uint8Array)[Symbol.toStringTag]);
}

export class Crypto {
  constructor(token?: symbol) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
  }

  get subtle(): object {
    requireInstance(this);
    const { subtle } = require("crust:crypto/subtle") as typeof import("crust:crypto/subtle");
    return subtle;
  }

  getRandomValues<T extends IntegerArray>(array: T): T {
    requireInstance(this);
    requireArguments(arguments.length, 1);
    if (!isIntegerArray(array)) {
      throw new DOMException("The data argument must be an integer-type TypedArray", "TypeMismatchError");
    }
    if (array.byteLength > LONGEST_FILL) {
      throw new DOMException("The requested length exceeds 65,536 bytes", "QuotaExceededError");
    }
    randomFill(bytesOf(array as unknown as BufferSource));
    return array;
  }

  randomUUID(): string {
    requireInstance(this);
    if (poolIndex === pool.length) {
      randomFill(pool);
      poolIndex = 0;
    }
    const start = poolIndex;
    poolIndex += UUID_BYTES;
    return formatUuid(pool, start);
  }

  /** Bun's: compares without telling by its duration where the first difference is. */
  timingSafeEqual(left: BufferSource, right: BufferSource): boolean {
    requireInstance(this);
    for (const [value, name] of [[left, "buf1"], [right, "buf2"]] as const) {
      if (!isBufferSource(value)) {
        throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "${name}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`);
      }
    }
    const [a, b] = [bytesOf(left), bytesOf(right)];
    if (a.length !== b.length) {
      throw codedRangeError("ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length");
    }
    return isEqual(a, b) as boolean;
  }
}
defineInterface(Crypto, "Crypto");
defineLengths(Crypto, { constructor: 0 });

function requireInstance(receiver: Crypto): void {
  if (receiver !== crypto) {
    throw codedTypeError("ERR_INVALID_THIS", 'Value of "this" must be of type Crypto');
  }
}

// RFC 9562 version 4: the version and variant bits replace random ones.
function formatUuid(bytes: Uint8Array, start: number): string {
  if (HEX.length === 0) {
    for (let byte = 0; byte < 256; byte++) {
      HEX.push(byte.toString(16).padStart(2, "0"));
    }
  }
  let text = "";
  for (let index = 0; index < UUID_BYTES; index++) {
    let byte = bytes[start + index] as number;
    bytes[start + index] = 0;
    if (index === 6) {
      byte = (byte & 0x0f) | 0x40;
    } else if (index === 8) {
      byte = (byte & 0x3f) | 0x80;
    }
    text += index === 4 || index === 6 || index === 8 || index === 10 ? `-${HEX[byte]}` : HEX[byte];
  }
  return text;
}

export const crypto = new Crypto(CREATE);
