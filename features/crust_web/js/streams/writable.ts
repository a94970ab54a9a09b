// WritableStream, WritableStreamDefaultWriter and WritableStreamDefaultController.

import { promiseCall, rejecting } from "crust:web/streams/deferred";
import { stateError } from "crust:web/streams/readable_state";
import { highWaterMarkOf, readStrategy, sizeAlgorithmOf } from "crust:web/streams/strategy";
import type { QueuingStrategy } from "crust:web/streams/strategy";
import { releaseWriter, WritableController, WritableState, writeChunk, writerDesiredSize, WriterState } from "crust:web/streams/writable_state";
import type { SinkAlgorithms } from "crust:web/streams/writable_state";
import { codedTypeError, defineInterface, defineLengths, defineTransfer, describe, inspectCustom, isObject, requireArguments, requireFunction } from "crust:web/webidl";
import type { AbortSignal } from "crust:web/abort";

const FROM_STATE = Symbol("stream from state");

export interface UnderlyingSink {
  abort?: (reason: unknown) => unknown;
  close?: () => unknown;
  start?: (controller: WritableStreamDefaultController) => unknown;
  type?: undefined;
  write?: (chunk: never, controller: WritableStreamDefaultController) => unknown;
}

let stateOf: (stream: WritableStream) => WritableState;
let isStream: (value: object) => boolean;

export class WritableStream {
  #state: WritableState;

  static {
    stateOf = (stream) => stream.#state;
    isStream = (value) => #state in value;
  }

  constructor(sink?: UnderlyingSink | null, strategy?: QueuingStrategy, fromState?: symbol) {
    if (fromState === FROM_STATE) {
      this.#state = sink as unknown as WritableState;
      this.#state.wrapper = this;
      return;
    }
    if (sink !== undefined && !isObject(sink)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "sink" argument must be of type object. Received ${describe(sink)}`);
    }
    const options = readStrategy(strategy);
    const { abort, close, start, type, write } = readSink(sink ?? {});
    if (type !== undefined) {
      throw new RangeError("The type of an underlying sink must be undefined");
    }
    const size = sizeAlgorithmOf(options);
    const highWaterMark = highWaterMarkOf(options, 1);
    this.#state = new WritableState();
    this.#state.wrapper = this;
    let visible: WritableStreamDefaultController | undefined;
    const getVisible = () => (visible ??= new WritableStreamDefaultController(FROM_STATE, controller));
    const algorithms: SinkAlgorithms = {
      start: () => (start === undefined ? undefined : Reflect.apply(start, sink, [getVisible()])),
      write: (chunk) => (write === undefined ? Promise.resolve() : promiseCall(() => Reflect.apply(write, sink, [chunk, getVisible()]))),
      close: () => (close === undefined ? Promise.resolve() : promiseCall(() => Reflect.apply(close, sink, []))),
      abort: (reason) => (abort === undefined ? Promise.resolve() : promiseCall(() => Reflect.apply(abort, sink, [reason]))),
    };
    const controller: WritableController = new WritableController(this.#state, algorithms, highWaterMark, size);
    controller.start();
  }

  get locked(): boolean {
    return this.#state.writer !== null;
  }

  abort(reason?: unknown): Promise<undefined> {
    return rejecting(() => {
      if (this.#state.writer !== null) {
        throw stateError("WritableStream is locked");
      }
      return this.#state.abort(reason);
    });
  }

  close(): Promise<undefined> {
    return rejecting(() => {
      if (this.#state.writer !== null) {
        throw stateError("WritableStream is locked");
      }
      if (this.#state.closeQueuedOrInFlight) {
        throw stateError("The stream is already closing");
      }
      return this.#state.close();
    });
  }

  getWriter(): WritableStreamDefaultWriter {
    return new WritableStreamDefaultWriter(this);
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    return `WritableStream ${inspect({ locked: this.locked, state: this.#state.state }, options)}`;
  }
}
defineInterface(WritableStream, "WritableStream");
defineTransfer(WritableStream, (stream: WritableStream) => {
  const { transferWritable } = require("crust:web/streams/transfer") as typeof import("crust:web/streams/transfer");
  return transferWritable(stream);
});
defineLengths(WritableStream, { constructor: 0, abort: 0 });

// The members are read in the order of their names, once.
function readSink(sink: UnderlyingSink): UnderlyingSink {
  const { abort, close, start, type, write } = sink;
  for (const [name, method] of Object.entries({ abort, close, start, write })) {
    if (method !== undefined) {
      requireFunction(method, `sink.${name}`);
    }
  }
  return { abort, close, start, type, write } as UnderlyingSink;
}

export class WritableStreamDefaultWriter {
  #writer: WriterState;

  constructor(stream: WritableStream) {
    requireArguments(arguments.length, 1);
    if (!isObject(stream) || !isStream(stream)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "stream" argument must be an instance of WritableStream. Received ${describe(stream)}`);
    }
    this.#writer = new WriterState(stateOf(stream));
  }

  get closed(): Promise<undefined> {
    return rejecting(() => this.#writer.closed.promise);
  }
  get ready(): Promise<undefined> {
    return rejecting(() => this.#writer.ready.promise);
  }
  get desiredSize(): number | null {
    return writerDesiredSize(this.#stream());
  }

  #stream(): WritableState {
    const stream = this.#writer.stream;
    if (stream === null) {
      throw stateError("The writer has been released");
    }
    return stream;
  }

  abort(reason?: unknown): Promise<undefined> {
    return rejecting(() => {
      return this.#stream().abort(reason);
    });
  }

  close(): Promise<undefined> {
    return rejecting(() => {
      const stream = this.#stream();
      if (stream.closeQueuedOrInFlight) {
        throw stateError("The stream is already closing");
      }
      return stream.close();
    });
  }

  write(chunk?: unknown): Promise<undefined> {
    return rejecting(() => {
      this.#stream();
      return writeChunk(this.#writer, chunk);
    });
  }

  releaseLock(): void {
    releaseWriter(this.#writer);
  }
}
defineInterface(WritableStreamDefaultWriter, "WritableStreamDefaultWriter");
defineLengths(WritableStreamDefaultWriter, { abort: 0, write: 0 });

export class WritableStreamDefaultController {
  #controller: WritableController;
  #signal: AbortSignal | null = null;

  constructor(token?: symbol, controller?: WritableController) {
    if (token !== FROM_STATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    this.#controller = controller as WritableController;
  }

  get signal(): AbortSignal {
    if (this.#signal === null) {
      const { abortSignal, createSignal } = require("crust:web/abort") as typeof import("crust:web/abort");
      const signal = createSignal();
      this.#signal = signal;
      this.#controller.onAbort = (reason) => abortSignal(signal, reason);
      if (this.#controller.abortReason !== null) {
        abortSignal(signal, this.#controller.abortReason.value);
      }
    }
    return this.#signal;
  }

  error(reason?: unknown): void {
    this.#controller.error(reason);
  }
}
defineInterface(WritableStreamDefaultController, "WritableStreamDefaultController");
defineLengths(WritableStreamDefaultController, { constructor: 0, error: 0 });

/** True for a WritableStream made here. */
export function isWritableStream(value: unknown): value is WritableStream {
  return isObject(value) && isStream(value);
}

/** The slots of a stream. */
export function writableState(stream: WritableStream): WritableState {
  return stateOf(stream);
}

/** The object users see for a stream made inside the platform. */
export function wrapWritable(state: WritableState): WritableStream {
  return (state.wrapper as WritableStream | null) ?? new WritableStream(state as never, undefined, FROM_STATE);
}

/** "CreateWritableStream". */
export function createWritable(sink: SinkAlgorithms, highWaterMark: number, size: ((chunk: unknown) => number) | null): WritableState {
  const state = new WritableState();
  new WritableController(state, sink, highWaterMark, size).start();
  return state;
}

