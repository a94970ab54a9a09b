// ReadableStreamDefaultReader and ReadableStreamBYOBReader.

import { rejecting } from "crust:web/streams/deferred";
import { ByteController, isDetached } from "crust:web/streams/byte_controller";
import { cancelReader, readChunk, ReaderState, ReadableState, releasedError, releaseReader } from "crust:web/streams/readable_state";
import { codedTypeError, defineInterface, defineLengths, describe, isObject, requireArguments, toDictionary, toEnforcedUnsignedLongLong } from "crust:web/webidl";

interface ReadResult<T> {
  value: T;
  done: boolean;
}

// How the readers get at the slots of a stream object; set by readable.ts.
let stateOfStream: (stream: object) => ReadableState | null = () => null;

/** Lets the constructors here open ReadableStream objects. */
export function setStreamAccess(access: (stream: object) => ReadableState | null): void {
  stateOfStream = access;
}

function openStream(stream: unknown): ReadableState {
  const state = isObject(stream) ? stateOfStream(stream) : null;
  if (state === null) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "stream" argument must be an instance of ReadableStream. Received ${describe(stream)}`);
  }
  return state;
}

export class ReadableStreamDefaultReader {
  #reader: ReaderState;

  constructor(stream: object) {
    requireArguments(arguments.length, 1);
    this.#reader = new ReaderState(openStream(stream), false);
  }

  get closed(): Promise<undefined> {
    return rejecting(() => this.#reader.closed.promise);
  }

  cancel(reason?: unknown): Promise<undefined> {
    return rejecting(() => {
      if (this.#reader.stream === null) {
        throw releasedError();
      }
      return cancelReader(this.#reader, reason);
    });
  }

  read(): Promise<ReadResult<unknown>> {
    // A private name in an async function would turn a wrong receiver into a rejection at the right time too,
    // but would also cost a promise for each read.
    if (!isObject(this) || !(#reader in this)) {
      return Promise.reject(codedTypeError("ERR_INVALID_THIS", 'Value of "this" must be of type ReadableStreamDefaultReader'));
    }
    const reader = this.#reader;
    if (reader.stream === null) {
      return Promise.reject(releasedError());
    }
    return new Promise((resolve, reject) => {
      readChunk(reader, {
        chunk: (value) => resolve({ value, done: false }),
        close: () => resolve({ value: undefined, done: true }),
        error: reject,
      });
    });
  }

  releaseLock(): void {
    releaseReader(this.#reader);
  }
}
defineInterface(ReadableStreamDefaultReader, "ReadableStreamDefaultReader");
defineLengths(ReadableStreamDefaultReader, { cancel: 0 });

export class ReadableStreamBYOBReader {
  #reader: ReaderState;

  constructor(stream: object) {
    requireArguments(arguments.length, 1);
    const state = openStream(stream);
    if (state.reader === null && !state.controller.isByte) {
      throw codedTypeError("ERR_INVALID_ARG_VALUE", "A BYOB reader needs a readable byte stream");
    }
    this.#reader = new ReaderState(state, true);
  }

  get closed(): Promise<undefined> {
    return rejecting(() => this.#reader.closed.promise);
  }

  cancel(reason?: unknown): Promise<undefined> {
    return rejecting(() => {
      if (this.#reader.stream === null) {
        throw releasedError();
      }
      return cancelReader(this.#reader, reason);
    });
  }

  read(view: ArrayBufferView, options?: { min?: number }): Promise<ReadResult<ArrayBufferView | undefined>> {
    return rejecting(() => {
      const minimum = checkView(view, options);
      const stream = this.#reader.stream;
      if (stream === null) {
        throw releasedError();
      }
      return readInto(stream, view, minimum);
    });
  }

  releaseLock(): void {
    releaseReader(this.#reader);
  }
}
defineInterface(ReadableStreamBYOBReader, "ReadableStreamBYOBReader");
defineLengths(ReadableStreamBYOBReader, { cancel: 0, read: 1 });

function checkView(view: ArrayBufferView, options: { min?: number } | undefined): number {
  if (!ArrayBuffer.isView(view)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "view" argument must be an instance of Buffer, TypedArray, or DataView. Received ${describe(view)}`);
  }
  const { min } = toDictionary<{ min?: number }>(options, "options");
  const minimum = min === undefined ? 1 : toEnforcedUnsignedLongLong(min, "options.min");
  if (view.byteLength === 0 || view.buffer.byteLength === 0 || isDetached(view.buffer)) {
    throw codedTypeError("ERR_INVALID_STATE", "The view must not be empty or detached");
  }
  if (minimum === 0) {
    throw codedTypeError("ERR_INVALID_ARG_VALUE", "options.min must be greater than 0");
  }
  const length = view instanceof DataView ? view.byteLength : (view as Uint8Array).length;
  if (minimum > length) {
    throw new RangeError("options.min must be at most the length of the view");
  }
  return minimum;
}

function readInto(stream: ReadableState, view: ArrayBufferView, minimum: number): Promise<ReadResult<ArrayBufferView | undefined>> {
  return new Promise((resolve, reject) => {
    stream.disturbed = true;
    if (stream.state === "errored") {
      reject(stream.storedError);
      return;
    }
    (stream.controller as ByteController).pullInto(view, minimum, {
      chunk: (value) => resolve({ value, done: false }),
      close: (value) => resolve({ value, done: true }),
      error: reject,
    });
  });
}
