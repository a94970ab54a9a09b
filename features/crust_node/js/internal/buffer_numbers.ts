// Reading and writing integers and floats in a Buffer. Installs methods on the prototype it is given; owns no memory
// but eight scratch bytes for floats.

import { codes } from "crust:node/internal/errors";

const scratch = new Uint8Array(8);
const scratchFloat = new Float32Array(scratch.buffer);
const scratchDouble = new Float64Array(scratch.buffer);

type Bytes = Uint8Array;

/** Explains why `offset` does not fit `size` bytes, and throws. */
function boundsError(bytes: Bytes, offset: any, size: number, name = "offset"): never {
  if (typeof offset !== "number") throw new codes.ERR_INVALID_ARG_TYPE!(name, "number", offset);
  if (!Number.isInteger(offset)) throw new codes.ERR_OUT_OF_RANGE!(name, "an integer", offset);
  if (bytes.length - size < 0) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS!();
  throw new codes.ERR_OUT_OF_RANGE!(name, `>= 0 and <= ${bytes.length - size}`, offset);
}

/** Anything but a whole number with `size` bytes behind it is refused. */
function checkOffset(bytes: Bytes, offset: any, size: number): void {
  if (typeof offset !== "number" || bytes[offset] === undefined || bytes[offset + size - 1] === undefined) boundsError(bytes, offset, size);
}

function rangeError(value: number | bigint, min: number | bigint, max: number | bigint, size: number): never {
  const n = typeof min === "bigint" ? "n" : "";
  let range: string;
  if (size > 4) {
    // eslint-disable-next-line eqeqeq -- 0 and 0n alike
    range = min == 0 ? `>= 0${n} and < 2${n} ** ${size * 8}${n}` : `>= -(2${n} ** ${size * 8 - 1}${n}) and < 2${n} ** ${size * 8 - 1}${n}`;
  } else range = `>= ${min}${n} and <= ${max}${n}`;
  throw new codes.ERR_OUT_OF_RANGE!("value", range, value);
}

function checkByteLength(size: unknown): asserts size is number {
  if (size === undefined || typeof size !== "number") throw new codes.ERR_INVALID_ARG_TYPE!("byteLength", "number", size);
  if (!Number.isInteger(size)) throw new codes.ERR_OUT_OF_RANGE!("byteLength", "an integer", size);
  if (size < 1 || size > 6) throw new codes.ERR_OUT_OF_RANGE!("byteLength", ">= 1 and <= 6", size);
}

function readUnsigned(bytes: Bytes, offset: number, size: number, little: boolean): number {
  let value = 0;
  if (little) for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[offset + i]!;
  else for (let i = 0; i < size; i++) value = value * 256 + bytes[offset + i]!;
  return value;
}

function toSigned(value: number, size: number): number {
  const limit = 2 ** (8 * size - 1);
  return value >= limit ? value - 2 * limit : value;
}

function writeInteger(bytes: Bytes, value: number, offset: number, size: number, little: boolean): number {
  // Two's complement of up to six bytes: the low 32 bits by shifts, the rest by division.
  let low = value >>> 0;
  let high = Math.floor(value / 2 ** 32) >>> 0;
  for (let i = 0; i < size; i++) {
    bytes[little ? offset + i : offset + size - 1 - i] = low;
    low = (low >>> 8) | ((high & 0xff) << 24);
    high >>>= 8;
  }
  return offset + size;
}

function readBig(bytes: Bytes, offset: number, little: boolean, signed: boolean): bigint {
  checkOffset(bytes, offset, 8);
  const first = readUnsigned(bytes, offset, 4, little);
  const second = readUnsigned(bytes, offset + 4, 4, little);
  const high = little ? second : first;
  const low = little ? first : second;
  return (BigInt(signed ? high | 0 : high) << 32n) + BigInt(low);
}

function writeBig(bytes: Bytes, value: any, offset: number, little: boolean, min: bigint, max: bigint): number {
  if (typeof value !== "bigint") throw new codes.ERR_INVALID_ARG_TYPE!("value", "bigint", value);
  if (value > max || value < min) rangeError(value, min, max, 8);
  checkOffset(bytes, offset, 8);
  const low = Number(value & 0xffffffffn);
  const high = Number((value >> 32n) & 0xffffffffn);
  writeInteger(bytes, little ? low : high, offset, 4, little);
  return writeInteger(bytes, little ? high : low, offset + 4, 4, little);
}

const methods: Record<string, (this: Bytes, ...args: any[]) => any> = {
  readUInt8(offset = 0) {
    const value = typeof offset === "number" ? this[offset] : undefined;
    if (value === undefined) boundsError(this, offset, 1);
    return value;
  },
  readUInt16LE(offset = 0) {
    checkOffset(this, offset, 2);
    return this[offset]! + this[offset + 1]! * 256;
  },
  readUInt16BE(offset = 0) {
    checkOffset(this, offset, 2);
    return this[offset]! * 256 + this[offset + 1]!;
  },
  readUInt32LE(offset = 0) {
    checkOffset(this, offset, 4);
    return this[offset]! + this[offset + 1]! * 0x100 + this[offset + 2]! * 0x10000 + this[offset + 3]! * 0x1000000;
  },
  readUInt32BE(offset = 0) {
    checkOffset(this, offset, 4);
    return this[offset]! * 0x1000000 + this[offset + 1]! * 0x10000 + this[offset + 2]! * 0x100 + this[offset + 3]!;
  },
  readInt8(offset = 0) {
    checkOffset(this, offset, 1);
    return (this[offset]! << 24) >> 24;
  },
  readInt16LE(offset = 0) {
    checkOffset(this, offset, 2);
    return ((this[offset]! | (this[offset + 1]! << 8)) << 16) >> 16;
  },
  readInt16BE(offset = 0) {
    checkOffset(this, offset, 2);
    return (((this[offset]! << 8) | this[offset + 1]!) << 16) >> 16;
  },
  readInt32LE(offset = 0) {
    checkOffset(this, offset, 4);
    return this[offset]! | (this[offset + 1]! << 8) | (this[offset + 2]! << 16) | (this[offset + 3]! << 24);
  },
  readInt32BE(offset = 0) {
    checkOffset(this, offset, 4);
    return (this[offset]! << 24) | (this[offset + 1]! << 16) | (this[offset + 2]! << 8) | this[offset + 3]!;
  },
  readBigUInt64LE(offset = 0) {
    return readBig(this, offset, true, false);
  },
  readBigUInt64BE(offset = 0) {
    return readBig(this, offset, false, false);
  },
  readBigInt64LE(offset = 0) {
    return readBig(this, offset, true, true);
  },
  readBigInt64BE(offset = 0) {
    return readBig(this, offset, false, true);
  },
  writeBigUInt64LE(value, offset = 0) {
    return writeBig(this, value, offset, true, 0n, 0xffffffffffffffffn);
  },
  writeBigUInt64BE(value, offset = 0) {
    return writeBig(this, value, offset, false, 0n, 0xffffffffffffffffn);
  },
  writeBigInt64LE(value, offset = 0) {
    return writeBig(this, value, offset, true, -0x8000000000000000n, 0x7fffffffffffffffn);
  },
  writeBigInt64BE(value, offset = 0) {
    return writeBig(this, value, offset, false, -0x8000000000000000n, 0x7fffffffffffffffn);
  },
  readFloatLE(offset = 0) {
    checkOffset(this, offset, 4);
    for (let i = 0; i < 4; i++) scratch[i] = this[offset + i]!;
    return scratchFloat[0];
  },
  readFloatBE(offset = 0) {
    checkOffset(this, offset, 4);
    for (let i = 0; i < 4; i++) scratch[3 - i] = this[offset + i]!;
    return scratchFloat[0];
  },
  readDoubleLE(offset = 0) {
    checkOffset(this, offset, 8);
    for (let i = 0; i < 8; i++) scratch[i] = this[offset + i]!;
    return scratchDouble[0];
  },
  readDoubleBE(offset = 0) {
    checkOffset(this, offset, 8);
    for (let i = 0; i < 8; i++) scratch[7 - i] = this[offset + i]!;
    return scratchDouble[0];
  },
  writeFloatLE(value, offset = 0) {
    checkOffset(this, offset, 4);
    scratchFloat[0] = value;
    for (let i = 0; i < 4; i++) this[offset + i] = scratch[i]!;
    return offset + 4;
  },
  writeFloatBE(value, offset = 0) {
    checkOffset(this, offset, 4);
    scratchFloat[0] = value;
    for (let i = 0; i < 4; i++) this[offset + i] = scratch[3 - i]!;
    return offset + 4;
  },
  writeDoubleLE(value, offset = 0) {
    checkOffset(this, offset, 8);
    scratchDouble[0] = value;
    for (let i = 0; i < 8; i++) this[offset + i] = scratch[i]!;
    return offset + 8;
  },
  writeDoubleBE(value, offset = 0) {
    checkOffset(this, offset, 8);
    scratchDouble[0] = value;
    for (let i = 0; i < 8; i++) this[offset + i] = scratch[7 - i]!;
    return offset + 8;
  },
  readUIntLE(offset, size) {
    return readVariable(this, offset, size, true);
  },
  readUIntBE(offset, size) {
    return readVariable(this, offset, size, false);
  },
  readIntLE(offset, size) {
    return toSigned(readVariable(this, offset, size, true), size);
  },
  readIntBE(offset, size) {
    return toSigned(readVariable(this, offset, size, false), size);
  },
  writeUIntLE(value, offset, size) {
    return writeVariable(this, value, offset, size, true, false);
  },
  writeUIntBE(value, offset, size) {
    return writeVariable(this, value, offset, size, false, false);
  },
  writeIntLE(value, offset, size) {
    return writeVariable(this, value, offset, size, true, true);
  },
  writeIntBE(value, offset, size) {
    return writeVariable(this, value, offset, size, false, true);
  },
};

function readVariable(bytes: Bytes, offset: any, size: any, little: boolean): number {
  if (offset === undefined) throw new codes.ERR_INVALID_ARG_TYPE!("offset", "number", offset);
  checkByteLength(size);
  checkOffset(bytes, offset, size);
  return readUnsigned(bytes, offset, size, little);
}

function writeVariable(bytes: Bytes, value: any, offset: any, size: any, little: boolean, signed: boolean): number {
  checkByteLength(size);
  return writeChecked(bytes, value, offset, size, little, signed);
}

function writeChecked(bytes: Bytes, value: any, offset: any, size: number, little: boolean, signed: boolean): number {
  const number = +value;
  const max = signed ? 2 ** (8 * size - 1) - 1 : 2 ** (8 * size) - 1;
  const min = signed ? -max - 1 : 0;
  if (typeof offset !== "number") throw new codes.ERR_INVALID_ARG_TYPE!("offset", "number", offset);
  if (number > max || number < min) rangeError(value, min, max, size);
  checkOffset(bytes, offset, size);
  return writeInteger(bytes, number, offset, size, little);
}

// The fixed sizes differ in nothing but their numbers.
for (const [bits, size] of [[8, 1], [16, 2], [32, 4]] as const) {
  for (const order of size === 1 ? [""] : ["LE", "BE"]) {
    for (const kind of ["UInt", "Int"]) {
      const little = order !== "BE";
      const signed = kind === "Int";
      const name = `write${kind}${bits}${order}`;
      methods[name] = function (this: Bytes, value: any, offset: any = 0) {
        return writeChecked(this, value, offset, size, little, signed);
      };
      Object.defineProperty(methods[name], "name", { value: name });
    }
  }
}

/** Adds every method, and Node's `Uint` spelling of each `UInt` one. */
export function installNumbers(prototype: any): void {
  for (const [name, method] of Object.entries(methods)) {
    prototype[name] = method;
    if (name.includes("UInt")) prototype[name.replace("UInt", "Uint")] = method;
  }
}
