// The globals atob and btoa: forgiving base64 of the Infra standard on the engine's own Uint8Array conversions.

import { latin1Decode } from "crust:ops/web";
import { DOMException } from "crust:web/dom_exception";
import { requireArguments, toDOMString } from "crust:web/webidl";

const SHORT_STRING = 64;

interface Base64Bytes extends Uint8Array {
  toBase64(): string;
}
interface Base64Constructor {
  fromBase64(text: string, options: { lastChunkHandling: "loose" }): Uint8Array;
}

function invalidCharacter(): DOMException {
  return new DOMException("The string contains invalid characters.", "InvalidCharacterError");
}

export function btoa(data: string): string {
  requireArguments(arguments.length, 1);
  const text = toDOMString(data);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 255) {
      throw invalidCharacter();
    }
    bytes[index] = unit;
  }
  return (bytes as Base64Bytes).toBase64();
}

export function atob(data: string): string {
  requireArguments(arguments.length, 1);
  let bytes: Uint8Array;
  try {
    bytes = (Uint8Array as unknown as Base64Constructor).fromBase64(toDOMString(data), { lastChunkHandling: "loose" });
  } catch (error) {
    throw error instanceof SyntaxError ? invalidCharacter() : error;
  }
  if (bytes.length > SHORT_STRING) {
    return latin1Decode(bytes);
  }
  let text = "";
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return text;
}
