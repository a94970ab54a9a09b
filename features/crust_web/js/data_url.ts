// The data: URL processor of the Fetch standard. It never touches the network.

import { encodeUtf8 } from "crust:web/encoding";
import { parseMimeType, serializeMimeType } from "crust:web/mime_type";

export interface DataUrl {
  body: Uint8Array;
  type: string;
}

interface Base64Constructor {
  fromBase64(text: string, options: { lastChunkHandling: "loose" }): Uint8Array;
}

/** Splits a normalized data: URL into type and bytes; null if it is invalid. */
export function parseDataUrl(href: string): DataUrl | null {
  const input = (href.split("#", 1)[0] as string).slice("data:".length);
  const comma = input.indexOf(",");
  if (comma === -1) {
    return null;
  }
  let type = input.slice(0, comma).trim();
  let body = percentDecode(input.slice(comma + 1));
  const base64 = /; *base64$/i.exec(type);
  if (base64 !== null) {
    type = type.slice(0, base64.index);
    try {
      const text = latin1(body);
      body = (Uint8Array as unknown as Base64Constructor).fromBase64(text, { lastChunkHandling: "loose" });
    } catch {
      return null;
    }
  }
  if (type.startsWith(";")) {
    type = `text/plain${type}`;
  }
  const parsed = parseMimeType(type);
  return { body, type: parsed === null ? "text/plain;charset=US-ASCII" : serializeMimeType(parsed) };
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return text;
}

function percentDecode(text: string): Uint8Array {
  const bytes = encodeUtf8(text);
  let length = 0;
  for (let index = 0; index < bytes.length; index++) {
    const escape = bytes[index] === 37 ? hexPair(bytes, index + 1) : -1;
    if (escape === -1) {
      bytes[length++] = bytes[index] as number;
    } else {
      bytes[length++] = escape;
      index += 2;
    }
  }
  return bytes.subarray(0, length);
}

function hexPair(bytes: Uint8Array, index: number): number {
  const high = hexDigit(bytes[index]);
  const low = hexDigit(bytes[index + 1]);
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) {
    return -1;
  }
  const lower = byte | 0x20;
  return byte >= 48 && byte <= 57 ? byte - 48 : lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
