// TextEncoderStream and TextDecoderStream of the Encoding standard.

import { encodeUtf8, TextDecoder } from "crust:web/encoding";
import type { TextDecoderOptions } from "crust:web/encoding";
import { wrapReadable } from "crust:web/streams/readable";
import type { ReadableStream } from "crust:web/streams/readable";
import { createTransform } from "crust:web/streams/transform";
import type { TransformState } from "crust:web/streams/transform";
import { wrapWritable } from "crust:web/streams/writable";
import type { WritableStream } from "crust:web/streams/writable";
import { codedTypeError, defineInterface, defineLengths, toDOMString } from "crust:web/webidl";

export class TextEncoderStream {
  #transform: TransformState;
  // The first half of a surrogate pair whose second half is in the next chunk.
  #pendingHighSurrogate = "";

  constructor() {
    this.#transform = createTransform(
      (chunk, state) => {
        const bytes = this.#encode(toDOMString(chunk));
        if (bytes.length > 0) {
          state.enqueue(bytes);
        }
      },
      (state) => {
        if (this.#pendingHighSurrogate !== "") {
          state.enqueue(encodeUtf8(this.#pendingHighSurrogate));
        }
      },
    );
  }

  #encode(chunk: string): Uint8Array {
    let text = this.#pendingHighSurrogate + chunk;
    this.#pendingHighSurrogate = "";
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#pendingHighSurrogate = text.slice(-1);
      text = text.slice(0, -1);
    }
    return encodeUtf8(text);
  }

  get encoding(): string {
    void this.#transform;
    return "utf-8";
  }
  get readable(): ReadableStream {
    return wrapReadable(this.#transform.readable);
  }
  get writable(): WritableStream {
    return wrapWritable(this.#transform.writable);
  }
}
defineInterface(TextEncoderStream, "TextEncoderStream");

export class TextDecoderStream {
  #decoder: TextDecoder;
  #transform: TransformState;

  constructor(label?: string, options?: TextDecoderOptions) {
    this.#decoder = new TextDecoder(label, options);
    this.#transform = createTransform(
      (chunk, state) => enqueueText(state, this.#decoder.decode(requireChunk(chunk), { stream: true })),
      (state) => enqueueText(state, this.#decoder.decode()),
    );
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }
  get fatal(): boolean {
    return this.#decoder.fatal;
  }
  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }
  get readable(): ReadableStream {
    return wrapReadable(this.#transform.readable);
  }
  get writable(): WritableStream {
    return wrapWritable(this.#transform.writable);
  }
}
defineInterface(TextDecoderStream, "TextDecoderStream");
defineLengths(TextDecoderStream, { constructor: 0 });

// Unlike decode(), a chunk cannot be left out.
function requireChunk(chunk: unknown): BufferSource {
  if (chunk === undefined) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", "A chunk of a TextDecoderStream must be an ArrayBuffer or a view of one. Received undefined");
  }
  return chunk as BufferSource;
}

function enqueueText(state: TransformState, text: string): void {
  if (text !== "") {
    state.enqueue(text);
  }
}
