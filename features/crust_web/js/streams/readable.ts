// ReadableStream, its async iterator, and what the rest of the platform needs of streams.

import { isAbortSignal } from "crust:web/abort";
import { setUpByte } from "crust:web/streams/byte_controller_classes";
import type { ReadableByteStreamController, UnderlyingByteSource } from "crust:web/streams/byte_controller_classes";
import { promiseCall, rejecting } from "crust:web/streams/deferred";
import { DefaultController, setUpDefault } from "crust:web/streams/default_controller";
import type { UnderlyingSource } from "crust:web/streams/default_controller";
import type { SourceAlgorithms } from "crust:web/streams/pulling_controller";
import { pipeStreams } from "crust:web/streams/pipe";
import type { PipeOptions } from "crust:web/streams/pipe";
import { cancelReader, cancelStream, closeStream, lockedError, readChunk, ReadableState, ReaderState, releaseReader } from "crust:web/streams/readable_state";
import { ReadableStreamBYOBReader, ReadableStreamDefaultReader, setStreamAccess } from "crust:web/streams/readers";
import { highWaterMarkOf, readStrategy, sizeAlgorithmOf } from "crust:web/streams/strategy";
import type { QueuingStrategy } from "crust:web/streams/strategy";
import { teeStream } from "crust:web/streams/tee";
import { isWritableStream, writableState } from "crust:web/streams/writable";
import type { WritableStream } from "crust:web/streams/writable";
import { codedTypeError, defineInterface, defineLengths, defineTransfer, describe, inspectCustom, isObject, requireArguments, requireFunction, toDictionary, toDOMString, toEnforcedUnsignedLongLong } from "crust:web/webidl";

const FROM_STATE = Symbol("stream from state");

let stateOf: (stream: ReadableStream) => ReadableState;
let isStream: (value: object) => boolean;

export class ReadableStream {
  #state: ReadableState;

  static {
    stateOf = (stream) => stream.#state;
    isStream = (value) => #state in value;
  }

  constructor(source?: UnderlyingSource | UnderlyingByteSource | null, strategy?: QueuingStrategy, fromState?: symbol) {
    if (fromState === FROM_STATE) {
      this.#state = source as unknown as ReadableState;
      this.#state.wrapper = this;
      return;
    }
    if (source !== undefined && !isObject(source)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "source" argument must be of type object. Received ${describe(source)}`);
    }
    const options = readStrategy(strategy);
    const members = readSource((source ?? {}) as UnderlyingSource);
    this.#state = new ReadableState();
    this.#state.wrapper = this;
    if (members.type === "bytes") {
      if (options.size !== undefined) {
        throw new RangeError("The strategy of a byte stream cannot have a size function");
      }
      setUpByte(this.#state, source, members, highWaterMarkOf(options, 0));
    } else if (members.type === "direct") {
      const { setUpDirect } = require("crust:web/streams/direct") as typeof import("crust:web/streams/direct");
      setUpDirect(this.#state, source, members);
    } else {
      const size = sizeAlgorithmOf(options);
      setUpDefault(this.#state, source, members, highWaterMarkOf(options, 1), size);
    }
  }

  static from(iterable: Iterable<unknown> | AsyncIterable<unknown>): ReadableStream {
    requireArguments(arguments.length, 1);
    return streamFromIterable(iterable);
  }

  get locked(): boolean {
    return this.#state.reader !== null;
  }

  cancel(reason?: unknown): Promise<undefined> {
    return rejecting(() => {
      if (this.#state.reader !== null) {
        throw lockedError();
      }
      return cancelStream(this.#state, reason);
    });
  }

  getReader(options?: { mode?: "byob" }): ReadableStreamDefaultReader | ReadableStreamBYOBReader {
    const { mode } = toDictionary<{ mode?: "byob" }>(options, "options");
    if (mode === undefined) {
      return new ReadableStreamDefaultReader(this);
    }
    if (toDOMString(mode) !== "byob") {
      throw codedTypeError("ERR_INVALID_ARG_VALUE", `The property 'options.mode' is invalid. Received ${describe(mode)}`);
    }
    return new ReadableStreamBYOBReader(this);
  }

  pipeThrough<T extends ReadableStream>(transform: { readable: T; writable: WritableStream }, options?: PipeOptions): T {
    requireArguments(arguments.length, 1);
    void this.#state;
    // Each is checked as it is read.
    const { readable } = transform;
    const writable = isReadableStream(readable) ? transform.writable : null;
    if (!isWritableStream(writable)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", 'The "transform" argument must have a ReadableStream "readable" and a WritableStream "writable"');
    }
    const pipeOptions = readPipeOptions(options);
    if (this.locked || writable.locked) {
      throw this.locked ? lockedError() : codedTypeError("ERR_INVALID_STATE", "Invalid state: WritableStream is locked");
    }
    const finished = pipeStreams(this.#state, writableState(writable), pipeOptions);
    finished.then(undefined, () => undefined);
    return readable;
  }

  pipeTo(destination: WritableStream, options?: PipeOptions): Promise<undefined> {
    return rejecting(() => {
      requireArguments(arguments.length, 1);
      void this.#state;
      if (!isWritableStream(destination)) {
        throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "destination" argument must be an instance of WritableStream. Received ${describe(destination)}`);
      }
      const pipeOptions = readPipeOptions(options);
      if (this.locked || destination.locked) {
        throw this.locked ? lockedError() : codedTypeError("ERR_INVALID_STATE", "Invalid state: WritableStream is locked");
      }
      return pipeStreams(this.#state, writableState(destination), pipeOptions);
    });
  }

  tee(): [ReadableStream, ReadableStream] {
    const [first, second] = teeStream(this.#state, null);
    return [wrapReadable(first), wrapReadable(second)];
  }

  values(options?: { preventCancel?: boolean }): AsyncIterableIterator<unknown> {
    const { preventCancel } = toDictionary<{ preventCancel?: boolean }>(options, "options");
    return new StreamIterator(new ReaderState(this.#state, false), Boolean(preventCancel));
  }

  /** Bun's extension. */
  async text(): Promise<string> {
    const { decodeUtf8 } = require("crust:web/encoding") as typeof import("crust:web/encoding");
    return decodeUtf8(await readAllBytes(this));
  }
  /** Bun's extension. */
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
  /** Bun's extension. */
  async bytes(): Promise<Uint8Array> {
    return readAllBytes(this);
  }
  /** Bun's extension. */
  async blob(): Promise<object> {
    const { blobFromBytes } = require("crust:web/blob") as typeof import("crust:web/blob");
    return blobFromBytes(await readAllBytes(this), "");
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    const { state, controller } = this.#state;
    return `ReadableStream ${inspect({ locked: this.locked, state, supportsBYOB: controller.isByte }, options)}`;
  }
}
export interface ReadableStream {
  [Symbol.asyncIterator](options?: { preventCancel?: boolean }): AsyncIterableIterator<unknown>;
}
defineInterface(ReadableStream, "ReadableStream");
defineTransfer(ReadableStream, (stream: ReadableStream) => {
  const { transferReadable } = require("crust:web/streams/transfer") as typeof import("crust:web/streams/transfer");
  return transferReadable(stream);
});
defineLengths(ReadableStream, { constructor: 0, cancel: 0, getReader: 0, pipeThrough: 1, pipeTo: 1, values: 0 });
Object.defineProperty(ReadableStream.prototype, Symbol.asyncIterator, { value: ReadableStream.prototype.values, writable: true, configurable: true });
setStreamAccess((stream) => (isStream(stream) ? stateOf(stream as ReadableStream) : null));

// The members are read in the order of their names, once.
function readSource(source: UnderlyingSource): UnderlyingSource {
  const { autoAllocateChunkSize, cancel, pull, start, type } = source;
  for (const [name, method] of Object.entries({ cancel, pull, start })) {
    if (method !== undefined) {
      requireFunction(method, `source.${name}`);
    }
  }
  const kind = type === undefined ? undefined : toDOMString(type);
  if (kind !== undefined && kind !== "bytes" && kind !== "direct") {
    throw codedTypeError("ERR_INVALID_ARG_VALUE", `'${kind}' is not a valid underlying source 'type'; expected "bytes", "direct" or undefined`);
  }
  const members: UnderlyingSource = { cancel, pull, start } as UnderlyingSource;
  if (kind !== undefined) {
    members.type = kind;
  }
  if (autoAllocateChunkSize !== undefined) {
    members.autoAllocateChunkSize = toEnforcedUnsignedLongLong(autoAllocateChunkSize, "autoAllocateChunkSize");
  }
  return members;
}

function readPipeOptions(options: PipeOptions | undefined): PipeOptions {
  const { preventAbort, preventCancel, preventClose, signal } = toDictionary<PipeOptions>(options, "options");
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "options.signal" property must be an instance of AbortSignal. Received ${describe(signal)}`);
  }
  return { preventAbort: Boolean(preventAbort), preventCancel: Boolean(preventCancel), preventClose: Boolean(preventClose), ...(signal === undefined ? {} : { signal }) };
}

const AsyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf((async function* () {}).prototype));

// Calls are queued one after the other, as Web IDL says of asynchronous iterators.
class StreamIterator implements AsyncIterableIterator<unknown> {
  readonly #reader: ReaderState;
  readonly #preventCancel: boolean;
  #last: Promise<unknown> | null = null;
  #finished = false;

  constructor(reader: ReaderState, preventCancel: boolean) {
    this.#reader = reader;
    this.#preventCancel = preventCancel;
  }

  next(): Promise<IteratorResult<unknown>> {
    const step = () => this.#read();
    const result = this.#last === null ? step() : this.#last.then(step, step);
    this.#last = result;
    return result;
  }

  return(value?: unknown): Promise<IteratorResult<unknown>> {
    const step = () => this.#finish(value);
    // One tick more than the read before it, so that the source may start the pull that this read allows.
    const result = this.#last === null ? step() : this.#last.then(nothing, nothing).then(step);
    this.#last = result;
    return result;
  }

  #read(): Promise<IteratorResult<unknown>> {
    if (this.#finished) {
      return Promise.resolve({ value: undefined, done: true });
    }
    return new Promise((resolve, reject) => {
      readChunk(this.#reader, {
        chunk: (value) => resolve({ value, done: false }),
        close: () => {
          this.#finished = true;
          releaseReader(this.#reader);
          resolve({ value: undefined, done: true });
        },
        error: (reason) => {
          this.#finished = true;
          releaseReader(this.#reader);
          reject(reason);
        },
      });
    });
  }

  async #finish(value: unknown): Promise<IteratorResult<unknown>> {
    if (this.#finished) {
      return { value, done: true };
    }
    this.#finished = true;
    const cancelled = this.#preventCancel ? undefined : cancelReader(this.#reader, value);
    releaseReader(this.#reader);
    await cancelled;
    return { value, done: true };
  }
}
interface StreamIterator extends AsyncIterableIterator<unknown> {}
Object.setPrototypeOf(StreamIterator.prototype, AsyncIteratorPrototype);
for (const method of ["next", "return"]) {
  Object.defineProperty(StreamIterator.prototype, method, { enumerable: true });
}
Reflect.deleteProperty(StreamIterator.prototype, "constructor");

function nothing(): void {}

/** True for a ReadableStream made here. */
export function isReadableStream(value: unknown): value is ReadableStream {
  return isObject(value) && isStream(value);
}

/** Whether the stream was ever read from or cancelled. */
export function isDisturbed(stream: ReadableStream): boolean {
  return stateOf(stream).disturbed;
}

/** Whether the stream has failed, and with what. */
export function streamError(stream: ReadableStream): { error: unknown } | null {
  const state = stateOf(stream);
  return state.state === "errored" ? { error: state.storedError } : null;
}

/** The slots of a stream. */
export function readableState(stream: ReadableStream): ReadableState {
  return stateOf(stream);
}

/** The object users see for a stream made inside the platform. */
export function wrapReadable(state: ReadableState): ReadableStream {
  return (state.wrapper as ReadableStream | null) ?? new ReadableStream(state as never, undefined, FROM_STATE);
}

/** "CreateReadableStream". */
export function createReadable(source: SourceAlgorithms, highWaterMark = 1, size: ((chunk: unknown) => number) | null = null): { state: ReadableState; controller: DefaultController } {
  const state = new ReadableState();
  const controller = new DefaultController(state, source, highWaterMark, size);
  controller.start();
  return { state, controller };
}

/** A stream that was read to its end, for bodies that were consumed without one. Its reader is never released. */
export function closedStream(): ReadableStream {
  const { state } = createReadable({ start: () => undefined, pull: () => Promise.resolve(), cancel: () => Promise.resolve() });
  closeStream(state);
  state.disturbed = true;
  void new ReaderState(state, false);
  return wrapReadable(state);
}

/** Tells the source of a stream that is read as a whole, by nobody but the platform. */
export function readAsWhole(stream: ReadableStream): ReadableStream {
  stateOf(stream).endAfterPull?.();
  return stream;
}

/** A byte stream of one chunk, which is made when it is first read. */
export function streamOfBytes(make: () => Uint8Array): ReadableStream {
  return new ReadableStream({
    type: "bytes",
    pull(controller: ReadableByteStreamController) {
      const bytes = make();
      if (bytes.length > 0) {
        controller.enqueue(bytes);
      }
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}

/** "ReadableStreamFromIterable". */
export function streamFromIterable(iterable: Iterable<unknown> | AsyncIterable<unknown>): ReadableStream {
  const iterator = openIterator(iterable);
  const next = iterator.next;
  const source: SourceAlgorithms = {
    start: () => undefined,
    pull: () =>
      promiseCall(() => Reflect.apply(next, iterator, [])).then((result) => {
        if (!isObject(result)) {
          throw new TypeError("The iterator's next() did not give an object");
        }
        const step = result as IteratorResult<unknown>;
        if (step.done) {
          controller.close();
        } else {
          controller.enqueue(step.value);
        }
      }),
    cancel: async (reason) => {
      const finish = iterator.return;
      if (finish !== undefined && finish !== null) {
        const result: unknown = await Reflect.apply(finish, iterator, [reason]);
        if (!isObject(result)) {
          throw new TypeError("The iterator's return() did not give an object");
        }
      }
    },
  };
  const state = new ReadableState();
  const controller: DefaultController = new DefaultController(state, source, 0, null);
  controller.start();
  return wrapReadable(state);
}

function openIterator(iterable: unknown): AsyncIterator<unknown> {
  if (iterable === null || iterable === undefined) {
    throw codedTypeError("ERR_ARG_NOT_ITERABLE", `${String(iterable)} is not iterable`);
  }
  const asyncMethod: unknown = (iterable as AsyncIterable<unknown>)[Symbol.asyncIterator];
  const method: unknown = asyncMethod ?? (iterable as Iterable<unknown>)[Symbol.iterator];
  if (typeof method !== "function") {
    throw codedTypeError("ERR_ARG_NOT_ITERABLE", `${describe(iterable)} is not iterable`);
  }
  const iterator: unknown = Reflect.apply(method, iterable, []);
  if (!isObject(iterator)) {
    throw codedTypeError("ERR_INVALID_STATE", "The iterator method must return an object");
  }
  return asyncMethod === undefined || asyncMethod === null ? fromSyncIterator(iterator as Iterator<unknown>) : (iterator as AsyncIterator<unknown>);
}

// "CreateAsyncFromSyncIterator": values are awaited.
function fromSyncIterator(iterator: Iterator<unknown>): AsyncIterator<unknown> {
  const next = iterator.next;
  const awaitValue = async (result: IteratorResult<unknown>) => ({ value: await result.value, done: Boolean(result.done) }) as IteratorResult<unknown>;
  return {
    next: async () => awaitValue(Reflect.apply(next, iterator, []) as IteratorResult<unknown>),
    return: async (value?: unknown) => (iterator.return === undefined ? { value, done: true } : awaitValue(iterator.return(value as never))),
  };
}

/** The stream of an async iterable body: strings become UTF-8. */
export function streamOfChunks(iterable: AsyncIterable<unknown>): ReadableStream {
  return streamFromIterable(toBytes(iterable));
}

async function* toBytes(iterable: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  const { encodeUtf8 } = require("crust:web/encoding") as typeof import("crust:web/encoding");
  for await (const chunk of iterable) {
    yield typeof chunk === "string" ? encodeUtf8(chunk) : chunk;
  }
}

/** Reads a stream of bytes, or Bun-style of strings, to its end. */
export function readAllBytes(stream: ReadableStream): Promise<Uint8Array> {
  return readToEnd(stream, true);
}

/** Reads the stream of a body, which stays locked. */
export function consumeBytes(stream: ReadableStream): Promise<Uint8Array> {
  return readToEnd(stream, false);
}

function readToEnd(stream: ReadableStream, release: boolean): Promise<Uint8Array> {
  const state = stateOf(stream);
  state.endAfterPull?.();
  const reader = new ReaderState(state, false);
  const finish = () => {
    if (release) {
      releaseReader(reader);
    }
  };
  const chunks: Uint8Array[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      void cancelReader(reader, error).catch(() => undefined);
      finish();
      reject(error);
    };
    const step = () =>
      readChunk(reader, {
        chunk: (value) => {
          const bytes = chunkBytes(value);
          if (bytes === null) {
            fail(new TypeError("A body's stream must give Uint8Array chunks"));
            return;
          }
          chunks.push(bytes);
          length += bytes.length;
          // A stream with a full queue answers at once: the microtask keeps the stack flat.
          void Promise.resolve().then(step);
        },
        close: () => {
          finish();
          resolve(joinChunks(chunks, length));
        },
        error: (reason) => {
          finish();
          reject(reason);
        },
      });
    step();
  });
}

function chunkBytes(chunk: unknown): Uint8Array | null {
  if (chunk instanceof Uint8Array) {
    return chunk;
  }
  if (typeof chunk === "string") {
    const { encodeUtf8 } = require("crust:web/encoding") as typeof import("crust:web/encoding");
    return encodeUtf8(chunk);
  }
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  return chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : null;
}

function joinChunks(chunks: Uint8Array[], length: number): Uint8Array {
  const result = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    result.set(chunk, offset);
    offset += chunk.length;
  }
  return result;
}

/** Tees a body so that what one branch does to its chunks does not show in the other. */
export function teeForClone(stream: ReadableStream): [ReadableStream, ReadableStream] {
  const { structuredClone } = require("crust:web/structured_clone") as typeof import("crust:web/structured_clone");
  const [first, second] = teeStream(stateOf(stream), structuredClone);
  return [wrapReadable(first), wrapReadable(second)];
}

/** "Create a proxy": the same data in a new stream; the given one is left locked and disturbed. */
export function proxyStream(stream: ReadableStream): ReadableStream {
  const { TransformStream } = require("crust:web/streams/transform") as typeof import("crust:web/streams/transform");
  return stream.pipeThrough(new TransformStream() as unknown as { readable: ReadableStream; writable: WritableStream });
}
