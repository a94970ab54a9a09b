// TextEncoder and TextDecoder of the Encoding standard; the tables and decoders are native.
// The stream forms are in text_streams.ts, base64 in base64.ts.

import { decodeText, decoderClose, decoderOpen, decoderWrite, encodingForLabel, utf8Encode, utf8EncodeInto } from "crust:ops/web";
import { bytesOf, codedRangeError, codedTypeError, defineInterface, defineLengths, describe, isBufferSource, toDOMString, toDictionary } from "crust:web/webidl";

// Below this length a loop over the code units is cheaper than a native call.
const SHORT_STRING = 64;
const EMPTY = new Uint8Array(0);
const FLAG_FATAL = 1;
const FLAG_IGNORE_BOM = 2;

function encodeShortAscii(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 127) {
      return null;
    }
    bytes[index] = unit;
  }
  return bytes;
}

/** The UTF-8 bytes of a string; lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return (text.length < SHORT_STRING && encodeShortAscii(text)) || utf8Encode(text);
}

/** UTF-8 decode: invalid sequences become U+FFFD and a BOM is dropped. */
export function decodeUtf8(bytes: Uint8Array): string {
  return bytes.length === 0 ? "" : (decodeText("utf-8", bytes, 0) as string);
}

/** UTF-8 decode without BOM. */
export function decodeUtf8KeepingBom(bytes: Uint8Array): string {
  return decodeText("utf-8", bytes, FLAG_IGNORE_BOM) as string;
}

export class TextEncoder {
  get encoding(): string {
    return "utf-8";
  }

  encode(input?: string): Uint8Array {
    return input === undefined ? new Uint8Array(0) : encodeUtf8(toDOMString(input));
  }

  encodeInto(source: string, destination: Uint8Array): { read: number; written: number } {
    const text = toDOMString(source);
    if (!(destination instanceof Uint8Array)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "dest" argument must be an instance of Uint8Array. Received ${describe(destination)}`);
    }
    if (destination.length === 0) {
      return { read: 0, written: 0 };
    }
    if (text.length < SHORT_STRING && text.length <= destination.length) {
      const bytes = encodeShortAscii(text);
      if (bytes !== null) {
        destination.set(bytes);
        return { read: text.length, written: text.length };
      }
    }
    const counts = new Uint32Array(2);
    utf8EncodeInto(text, destination, counts);
    return { read: counts[0] as number, written: counts[1] as number };
  }
}
defineInterface(TextEncoder, "TextEncoder");
defineLengths(TextEncoder, { encode: 0 });

// A native decoder left in the middle of a stream is closed when its TextDecoder is collected.
let abandoned: FinalizationRegistry<number> | undefined;

export interface TextDecoderOptions {
  fatal?: boolean;
  ignoreBOM?: boolean;
}

export class TextDecoder {
  #encoding: string;
  #flags: number;
  #stream = -1;

  constructor(label?: string, options?: TextDecoderOptions) {
    const { fatal, ignoreBOM } = toDictionary<TextDecoderOptions>(options, "options");
    this.#encoding = resolveLabel(label);
    this.#flags = (fatal ? FLAG_FATAL : 0) | (ignoreBOM ? FLAG_IGNORE_BOM : 0);
  }

  get encoding(): string {
    return this.#encoding;
  }
  get fatal(): boolean {
    return (this.#flags & FLAG_FATAL) !== 0;
  }
  get ignoreBOM(): boolean {
    return (this.#flags & FLAG_IGNORE_BOM) !== 0;
  }

  decode(input?: BufferSource, options?: { stream?: boolean }): string {
    let bytes: Uint8Array = EMPTY;
    if (input !== undefined) {
      if (!isBufferSource(input)) {
        throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "list" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView. Received ${describe(input)}`);
      }
      bytes = bytesOf(input);
    }
    const stream = Boolean(options?.stream);
    if (!stream && this.#stream === -1) {
      return bytes.length === 0 ? "" : this.#checked(decodeText(this.#encoding, bytes, this.#flags));
    }
    return this.#decodeStream(bytes, stream);
  }

  #decodeStream(bytes: Uint8Array, stream: boolean): string {
    if (this.#stream === -1) {
      this.#stream = decoderOpen(this.#encoding, this.#flags);
      abandoned ??= new FinalizationRegistry(decoderClose);
      abandoned.register(this, this.#stream, this);
    }
    const text = decoderWrite(this.#stream, bytes, !stream);
    if (!stream || text === null) {
      abandoned?.unregister(this);
      decoderClose(this.#stream);
      this.#stream = -1;
    }
    return this.#checked(text);
  }

  #checked(text: string | null): string {
    if (text === null) {
      throw codedTypeError("ERR_ENCODING_INVALID_ENCODED_DATA", `The encoded data was not valid for encoding ${this.#encoding}`);
    }
    return text;
  }
}
defineInterface(TextDecoder, "TextDecoder");
defineLengths(TextDecoder, { constructor: 0, decode: 0 });

function resolveLabel(label: string | undefined): string {
  if (label === undefined || label === "utf-8" || label === "utf8") {
    return "utf-8";
  }
  const text = toDOMString(label);
  const name = encodingForLabel(text);
  if (name === null || name === "replacement") {
    throw codedRangeError("ERR_ENCODING_NOT_SUPPORTED", `Unsupported encoding label "${text}"`);
  }
  return name;
}
