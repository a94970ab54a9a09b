// CompressionStream and DecompressionStream of the Compression standard, with native coders.

import { codecClose, codecOpen, codecWrite } from "crust:ops/web";
import { wrapReadable } from "crust:web/streams/readable";
import type { ReadableStream } from "crust:web/streams/readable";
import { createTransform } from "crust:web/streams/transform";
import type { TransformState } from "crust:web/streams/transform";
import { wrapWritable } from "crust:web/streams/writable";
import type { WritableStream } from "crust:web/streams/writable";
import { bytesOf, codedTypeError, defineInterface, describe, isBufferSource, isSharedArrayBuffer, requireArguments, toDOMString } from "crust:web/webidl";

const EMPTY = new Uint8Array(0);

// A coder whose stream was dropped half-way is closed when the algorithms that hold its progress are collected.
const abandoned = new FinalizationRegistry<number>((codec) => codecClose(codec));

function newTransform(format: unknown, compress: boolean): TransformState {
  const name = toDOMString(format);
  const codec = codecOpen(name, compress);
  if (codec === -1) {
    throw codedTypeError("ERR_INVALID_ARG_VALUE", `Unsupported compression format: '${name}'`);
  }
  const progress = new Uint32Array(2);
  abandoned.register(progress, codec, progress);
  const run = (bytes: Uint8Array, finish: boolean, state: TransformState) => {
    let rest = bytes;
    do {
      const output = codecWrite(codec, rest, finish, progress);
      rest = rest.subarray(progress[0]);
      if (output.length > 0) {
        state.enqueue(output);
      }
    } while (progress[1] !== 0);
  };
  return createTransform(
    (chunk, state) => run(requireBytes(chunk), false, state),
    (state) => {
      run(EMPTY, true, state);
      abandoned.unregister(progress);
      codecClose(codec);
    },
  );
}

function requireBytes(chunk: unknown): Uint8Array {
  if (!isBufferSource(chunk) || isSharedArrayBuffer(ArrayBuffer.isView(chunk) ? chunk.buffer : chunk)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "chunk" argument must be an ArrayBuffer or a view of one. Received ${describe(chunk)}`);
  }
  return bytesOf(chunk);
}

export class CompressionStream {
  #transform: TransformState;

  constructor(format: string) {
    requireArguments(arguments.length, 1);
    this.#transform = newTransform(format, true);
  }
  get readable(): ReadableStream {
    return wrapReadable(this.#transform.readable);
  }
  get writable(): WritableStream {
    return wrapWritable(this.#transform.writable);
  }
}
defineInterface(CompressionStream, "CompressionStream");

export class DecompressionStream {
  #transform: TransformState;

  constructor(format: string) {
    requireArguments(arguments.length, 1);
    this.#transform = newTransform(format, false);
  }
  get readable(): ReadableStream {
    return wrapReadable(this.#transform.readable);
  }
  get writable(): WritableStream {
    return wrapWritable(this.#transform.writable);
  }
}
defineInterface(DecompressionStream, "DecompressionStream");
