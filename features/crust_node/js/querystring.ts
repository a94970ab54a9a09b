// `node:querystring`: `a=1&b=2` to an object and back. Pure; knows nothing of URLs.

import { codes } from "crust:node/internal/errors";

const hexOf = Array.from({ length: 256 }, (_, byte) => `%${byte < 16 ? "0" : ""}${byte.toString(16).toUpperCase()}`);
/** Letters, digits and `!'()*-._~` stay as they are. */
const plain = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9!'()*\-._~]/.test(String.fromCharCode(code)) ? 1 : 0));

function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Decodes `%XX`; whatever does not parse is kept as it stands. */
export function unescapeBuffer(text: string, decodeSpaces?: boolean): any {
  const { Buffer } = require("node:buffer");
  const out = Buffer.allocUnsafe(text.length);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code === 43 && decodeSpaces) code = 32;
    else if (code === 37 && i + 2 < text.length) {
      const high = hexValue(text.charCodeAt(i + 1));
      const low = hexValue(text.charCodeAt(i + 2));
      if (high >= 0 && low >= 0) {
        code = high * 16 + low;
        i += 2;
      }
    }
    out[at++] = code;
  }
  return at === out.length ? out : out.slice(0, at);
}

export function unescape(text: string, decodeSpaces?: boolean): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return querystring.unescapeBuffer(text, decodeSpaces).toString();
  }
}

export function escape(input: any): string {
  let text: string = input;
  if (typeof text !== "string") text = typeof input === "object" ? String(input) : `${input}`;
  let out = "";
  let kept = 0;
  for (let i = 0; i < text.length; i++) {
    const start = i;
    let code = text.charCodeAt(i);
    if (code < 0x80 && plain[code] === 1) continue;
    let encoded: string;
    if (code < 0x80) encoded = hexOf[code]!;
    else if (code < 0x800) encoded = hexOf[0xc0 | (code >> 6)]! + hexOf[0x80 | (code & 0x3f)]!;
    else if (code < 0xd800 || code >= 0xe000) encoded = hexOf[0xe0 | (code >> 12)]! + hexOf[0x80 | ((code >> 6) & 0x3f)]! + hexOf[0x80 | (code & 0x3f)]!;
    else {
      i++;
      if (i >= text.length) throw new codes.ERR_INVALID_URI!();
      code = 0x10000 + (((code & 0x3ff) << 10) | (text.charCodeAt(i) & 0x3ff));
      encoded = hexOf[0xf0 | (code >> 18)]! + hexOf[0x80 | ((code >> 12) & 0x3f)]! + hexOf[0x80 | ((code >> 6) & 0x3f)]! + hexOf[0x80 | (code & 0x3f)]!;
    }
    out += text.slice(kept, start) + encoded;
    kept = i + 1;
  }
  return kept === 0 ? text : out + text.slice(kept);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return `${value}`;
  if (typeof value === "bigint") return `${value}`;
  if (typeof value === "boolean") return value ? "true" : "false";
  return "";
}

export function stringify(object: any, separator?: string | null, equals?: string | null, options?: { encodeURIComponent?: (text: string) => string } | null): string {
  const sep = separator || "&";
  const eq = equals || "=";
  const encode = options && typeof options.encodeURIComponent === "function" ? options.encodeURIComponent : querystring.escape;
  if (object === null || typeof object !== "object") return "";
  const fields: string[] = [];
  for (const key of Object.keys(object)) {
    const value = object[key];
    const prefix = encode(textOf(key)) + eq;
    if (Array.isArray(value)) for (const item of value) fields.push(prefix + encode(textOf(item)));
    else fields.push(prefix + encode(textOf(value)));
  }
  return fields.join(sep);
}

interface ParseOptions {
  maxKeys?: number;
  decodeURIComponent?: (text: string) => string;
}

export function parse(text: any, separator?: string | null, equals?: string | null, options?: ParseOptions | null): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = Object.create(null);
  if (typeof text !== "string" || text.length === 0) return out;
  const sep = separator ? String(separator) : "&";
  const eq = equals ? String(equals) : "=";
  const max = options && typeof options.maxKeys === "number" ? options.maxKeys : 1000;
  const decode = options && typeof options.decodeURIComponent === "function" ? options.decodeURIComponent : querystring.unescape;
  const decodeSafely = (part: string): string => {
    // `+` is a space also for a decoder that the caller brings.
    const spaced = part.replaceAll("+", decode === querystring.unescape ? " " : "%20");
    if (decode === querystring.unescape && !spaced.includes("%")) return spaced;
    try {
      return decode(spaced);
    } catch {
      return querystring.unescape(spaced, true);
    }
  };
  let counted = 0;
  for (const field of text.split(sep)) {
    if (field.length === 0) continue;
    if (max > 0 && counted >= max) break;
    counted++;
    const at = field.indexOf(eq);
    const key = decodeSafely(at === -1 ? field : field.slice(0, at));
    const value = at === -1 ? "" : decodeSafely(field.slice(at + eq.length));
    const known = out[key];
    if (known === undefined) out[key] = value;
    else if (Array.isArray(known)) known.push(value);
    else out[key] = [known, value];
  }
  return out;
}

const querystring: any = { unescapeBuffer, unescape, escape, stringify, encode: stringify, parse, decode: parse };

export { parse as decode, stringify as encode };
export default querystring;
