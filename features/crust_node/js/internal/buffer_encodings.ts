// The encodings of Buffer: per encoding its byte length, how it writes and how it reads.
//
// Short text stays in JavaScript, where the engine's own loops are cheaper than a crossing; long text
// goes to the natives. Bounds are the callers' business: `start ≤ end ≤ bytes.length` holds here.

import * as native from "crust:ops/node";

export type EncodingName = "utf8" | "utf16le" | "latin1" | "ascii" | "base64" | "base64url" | "hex";

export interface Encoding {
  name: EncodingName;
  byteLength(text: string): number;
  /** Writes whole characters only; answers the bytes written. */
  write(bytes: Uint8Array, text: string, offset: number, length: number): number;
  slice(bytes: Uint8Array, start: number, end: number): string;
}

/** Below this many bytes or characters a JavaScript loop beats a native call (about 110 ns plus the string). */
const SHORT = 48;

export function utf8Length(text: string): number {
  const length = text.length;
  if (length > 4 * SHORT) return native.utf8Length(text);
  let extra = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) extra++;
    else if (code >= 0xd800 && code < 0xdc00 && i + 1 < length) {
      const next = text.charCodeAt(i + 1);
      extra += 2;
      // A pair is four bytes for two units: two units already counted, two more.
      if (next >= 0xdc00 && next < 0xe000) i++;
    } else extra += 2;
  }
  return length + extra;
}

function utf8Write(bytes: Uint8Array, text: string, offset: number, length: number): number {
  const units = text.length;
  if (units <= SHORT && units <= length) {
    let i = 0;
    for (; i < units; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) break;
      bytes[offset + i] = code;
    }
    if (i === units) return units;
  }
  return native.utf8Write(bytes, text, offset, length);
}

function utf8Slice(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT) {
    let text = "";
    let i = start;
    for (; i < end; i++) {
      const byte = bytes[i]!;
      if (byte >= 0x80) break;
      text += String.fromCharCode(byte);
    }
    if (i === end) return text;
  }
  return native.utf8Slice(bytes, start, end);
}

function latin1Write(bytes: Uint8Array, text: string, offset: number, length: number): number {
  const count = Math.min(text.length, length);
  for (let i = 0; i < count; i++) bytes[offset + i] = text.charCodeAt(i);
  return count;
}

function latin1Slice(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return native.latin1Slice(bytes, start, end, 0xff);
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

function asciiSlice(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return native.latin1Slice(bytes, start, end, 0x7f);
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]! & 0x7f);
  return text;
}

function ucs2Write(bytes: Uint8Array, text: string, offset: number, length: number): number {
  const count = Math.min(text.length, length >>> 1);
  for (let i = 0; i < count; i++) {
    const code = text.charCodeAt(i);
    bytes[offset + 2 * i] = code;
    bytes[offset + 2 * i + 1] = code >>> 8;
  }
  return 2 * count;
}

function ucs2Slice(bytes: Uint8Array, start: number, end: number): string {
  const units = (end - start) >>> 1;
  if (units > SHORT) return native.ucs2Slice(bytes, start, start + 2 * units);
  let text = "";
  for (let i = 0; i < units; i++) text += String.fromCharCode(bytes[start + 2 * i]! | (bytes[start + 2 * i + 1]! << 8));
  return text;
}

/** One hexadecimal digit's value, or -1. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Stops at the first pair that is not hexadecimal, as Node does. */
function hexWrite(bytes: Uint8Array, text: string, offset: number, length: number): number {
  const count = Math.min(text.length >>> 1, length);
  for (let i = 0; i < count; i++) {
    const high = hexDigit(text.charCodeAt(2 * i));
    const low = hexDigit(text.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) return i;
    bytes[offset + i] = (high << 4) | low;
  }
  return count;
}

const hexPairs: string[] = [];
function hexSlice(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return native.hexSlice(bytes, start, end);
  if (hexPairs.length === 0) for (let i = 0; i < 256; i++) hexPairs.push((i < 16 ? "0" : "") + i.toString(16));
  let text = "";
  for (let i = start; i < end; i++) text += hexPairs[bytes[i]!];
  return text;
}

function base64Slice(bytes: Uint8Array, start: number, end: number): string {
  return native.base64Slice(bytes, start, end, false);
}

function base64urlSlice(bytes: Uint8Array, start: number, end: number): string {
  return native.base64Slice(bytes, start, end, true);
}

/** Bytes that base64 text of this length holds at most, padding at its end aside. */
function base64Length(text: string): number {
  let length = text.length;
  if (length > 0 && text.charCodeAt(length - 1) === 61) length--;
  if (length > 1 && text.charCodeAt(length - 1) === 61) length--;
  return Math.floor((length * 3) / 4);
}

let sextets: Int8Array | undefined;
function sextetTable(): Int8Array {
  if (sextets) return sextets;
  sextets = new Int8Array(256).fill(-1);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (let i = 0; i < 64; i++) sextets[alphabet.charCodeAt(i)] = i;
  sextets[45] = 62;
  sextets[95] = 63;
  return sextets;
}

/** Both alphabets at once; whatever is neither is skipped and `=` ends the text. */
function base64WriteLenient(bytes: Uint8Array, text: string, offset: number, length: number): number {
  const table = sextetTable();
  let at = offset;
  const end = offset + length;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length && at < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 61) break;
    const value = code < 256 ? table[code]! : -1;
    if (value < 0) continue;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >>> bits;
    }
  }
  return at - offset;
}

function base64Write(bytes: Uint8Array, text: string, offset: number, length: number): number {
  if (text.length > SHORT) {
    // The native refuses what Node skips over; then the lenient decoder takes it from the start.
    const written = native.base64Write(bytes, text, offset, length);
    if (written >= 0) return written;
  }
  return base64WriteLenient(bytes, text, offset, length);
}

const utf8: Encoding = { name: "utf8", byteLength: utf8Length, write: utf8Write, slice: utf8Slice };
const utf16le: Encoding = { name: "utf16le", byteLength: (text) => text.length * 2, write: ucs2Write, slice: ucs2Slice };
const latin1: Encoding = { name: "latin1", byteLength: (text) => text.length, write: latin1Write, slice: latin1Slice };
const ascii: Encoding = { name: "ascii", byteLength: (text) => text.length, write: latin1Write, slice: asciiSlice };
const hex: Encoding = { name: "hex", byteLength: (text) => text.length >>> 1, write: hexWrite, slice: hexSlice };
const base64: Encoding = { name: "base64", byteLength: base64Length, write: base64Write, slice: base64Slice };
const base64url: Encoding = { name: "base64url", byteLength: base64Length, write: base64Write, slice: base64urlSlice };

const byName: Record<string, Encoding> = Object.assign(Object.create(null), {
  utf8, "utf-8": utf8, utf16le, "utf-16le": utf16le, ucs2: utf16le, "ucs-2": utf16le, latin1, binary: latin1, ascii, hex, base64, base64url,
});

/** The encoding of a name in any case, or undefined. */
export function findEncoding(name: unknown): Encoding | undefined {
  const text = `${name}`;
  return byName[text] ?? byName[text.toLowerCase()];
}

/** `undefined`, `null` and the empty string mean UTF-8. */
export function normalizeEncoding(name: unknown): EncodingName | undefined {
  if (name == null || name === "") return "utf8";
  return findEncoding(name)?.name;
}

export { utf8 };
