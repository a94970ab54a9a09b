// TransformStream and TransformStreamDefaultController.

import { Deferred, markHandled, newDeferred, promiseCall, resolvedWith } from "crust:web/streams/deferred";
import { DefaultController } from "crust:web/streams/default_controller";
import { stateError } from "crust:web/streams/readable_state";
import { createReadable, wrapReadable } from "crust:web/streams/readable";
import type { ReadableStream } from "crust:web/streams/readable";
import type { ReadableState } from "crust:web/streams/readable_state";
import { highWaterMarkOf, readStrategy, sizeAlgorithmOf } from "crust:web/streams/strategy";
import type { QueuingStrategy, SizeAlgorithm } from "crust:web/streams/strategy";
import { createWritable, wrapWritable } from "crust:web/streams/writable";
import type { WritableStream } from "crust:web/streams/writable";
import type { WritableState } from "crust:web/streams/writable_state";
import { codedTypeError, defineInterface, defineLengths, defineTransfer, describe, inspectCustom, isObject, requireFunction } from "crust:web/webidl";

export interface Transformer {
  cancel?: (reason: unknown) => unknown;
  flush?: (controller: TransformStreamDefaultController) => unknown;
  readableType?: undefined;
  start?: (controller: TransformStreamDefaultController) => unknown;
  transform?: (chunk: never, controller: TransformStreamDefaultController) => unknown;
  writableType?: undefined;
}

/** What a transform stream does with chunks. */
export interface TransformAlgorithms {
  transform(chunk: unknown): Promise<unknown>;
  flush(): Promise<unknown>;
  cancel(reason: unknown): Promise<unknown>;
}

export interface TransformOptions {
  writableHighWaterMark: number;
  writableSize: SizeAlgorithm | null;
  readableHighWaterMark: number;
  readableSize: SizeAlgorithm | null;
}

export const DEFAULT_OPTIONS: TransformOptions = { writableHighWaterMark: 1, writableSize: null, readableHighWaterMark: 0, readableSize: null };

/** The slots of a transform stream and of its controller. */
export class TransformState {
  readonly readable: ReadableState;
  readonly writable: WritableState;
  readonly #readableController: DefaultController;
  algorithms: TransformAlgorithms | null;
  #backpressure = false;
  #backpressureChange: Deferred<undefined> | null = null;
  #finish: Deferred<undefined> | null = null;

  constructor(algorithms: TransformAlgorithms, options: TransformOptions, started: Promise<unknown>) {
    this.algorithms = algorithms;
    this.writable = createWritable(
      {
        start: () => started,
        write: (chunk) => this.#sinkWrite(chunk),
        close: () => this.#sinkClose(),
        abort: (reason) => this.#sinkAbort(reason),
      },
      options.writableHighWaterMark,
      options.writableSize,
    );
    const { state, controller } = createReadable(
      {
        start: () => started,
        pull: () => {
          this.#setBackpressure(false);
          return (this.#backpressureChange as Deferred<undefined>).promise;
        },
        cancel: (reason) => this.#sourceCancel(reason),
      },
      options.readableHighWaterMark,
      options.readableSize,
    );
    this.readable = state;
    this.#readableController = controller;
    this.#setBackpressure(true);
  }

  get desiredSize(): number | null {
    return this.#readableController.desiredSize;
  }

  #setBackpressure(backpressure: boolean): void {
    this.#backpressureChange?.resolve(undefined);
    this.#backpressureChange = newDeferred();
    this.#backpressure = backpressure;
  }

  enqueue(chunk: unknown): void {
    if (!this.#readableController.canCloseOrEnqueue) {
      throw stateError("The readable side is closed or errored");
    }
    try {
      this.#readableController.enqueue(chunk);
    } catch (error) {
      this.#errorWritableAndUnblock(error);
      throw this.readable.storedError;
    }
    if (this.#readableController.hasBackpressure && !this.#backpressure) {
      this.#setBackpressure(true);
    }
  }

  error(reason: unknown): void {
    this.#readableController.error(reason);
    this.#errorWritableAndUnblock(reason);
  }

  terminate(): void {
    this.#readableController.close();
    this.#errorWritableAndUnblock(new TypeError("The transform stream was terminated"));
  }

  #errorWritableAndUnblock(reason: unknown): void {
    this.algorithms = null;
    this.writable.controller?.error(reason);
    if (this.#backpressure) {
      this.#setBackpressure(false);
    }
  }

  #transform(chunk: unknown): Promise<unknown> {
    // Without algorithms the stream is ending: the chunk goes nowhere, and the writable side is about to fail.
    return (this.algorithms ?? NO_ALGORITHMS).transform(chunk).catch((error: unknown) => {
      this.error(error);
      throw error;
    });
  }

  #sinkWrite(chunk: unknown): Promise<unknown> {
    if (!this.#backpressure) {
      return this.#transform(chunk);
    }
    return (this.#backpressureChange as Deferred<undefined>).promise.then(() => {
      if (this.writable.state === "erroring") {
        throw this.writable.storedError;
      }
      return this.#transform(chunk);
    });
  }

  // Closing, aborting and cancelling share one end: whichever comes first runs the user's method.
  #sinkAbort(reason: unknown): Promise<unknown> {
    if (this.#finish !== null) {
      return this.#finish.promise;
    }
    const finish = this.#startFinish();
    this.#takeAlgorithms().cancel(reason).then(
      () => {
        if (this.readable.state === "errored") {
          finish.reject(this.readable.storedError);
        } else {
          this.#readableController.error(reason);
          finish.resolve(undefined);
        }
      },
      (error: unknown) => {
        this.#readableController.error(error);
        finish.reject(error);
      },
    );
    return finish.promise;
  }

  #sinkClose(): Promise<unknown> {
    if (this.#finish !== null) {
      return this.#finish.promise;
    }
    const finish = this.#startFinish();
    this.#takeAlgorithms().flush().then(
      () => {
        if (this.readable.state === "errored") {
          finish.reject(this.readable.storedError);
        } else {
          this.#readableController.close();
          finish.resolve(undefined);
        }
      },
      (error: unknown) => {
        this.#readableController.error(error);
        finish.reject(error);
      },
    );
    return finish.promise;
  }

  #sourceCancel(reason: unknown): Promise<unknown> {
    if (this.#finish !== null) {
      return this.#finish.promise;
    }
    const finish = this.#startFinish();
    this.#takeAlgorithms().cancel(reason).then(
      () => {
        if (this.writable.state === "errored") {
          finish.reject(this.writable.storedError);
        } else {
          this.writable.controller?.error(reason);
          this.#unblockWrite();
          finish.resolve(undefined);
        }
      },
      (error: unknown) => {
        this.writable.controller?.error(error);
        this.#unblockWrite();
        finish.reject(error);
      },
    );
    return finish.promise;
  }

  #unblockWrite(): void {
    if (this.#backpressure) {
      this.#setBackpressure(false);
    }
  }

  #startFinish(): Deferred<undefined> {
    this.#finish = newDeferred();
    markHandled(this.#finish.promise);
    return this.#finish;
  }

  #takeAlgorithms(): TransformAlgorithms {
    const algorithms = this.algorithms ?? NO_ALGORITHMS;
    this.algorithms = null;
    return algorithms;
  }
}

const NO_ALGORITHMS: TransformAlgorithms = { transform: () => Promise.resolve(), flush: () => Promise.resolve(), cancel: () => Promise.resolve() };

const CREATE = Symbol("create TransformStreamDefaultController");

/** The two ends of a transform stream. */
interface Sides {
  readonly readable: ReadableState;
  readonly writable: WritableState;
}

let isTransform: (value: object) => boolean;

export class TransformStream {
  #state: Sides;

  static {
    isTransform = (value) => #state in value;
  }

  constructor(transformer?: Transformer, writableStrategy?: QueuingStrategy, readableStrategy?: QueuingStrategy, fromSides?: symbol) {
    if (fromSides === CREATE) {
      this.#state = transformer as unknown as Sides;
      return;
    }
    if (transformer !== undefined && !isObject(transformer)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "transformer" argument must be of type object. Received ${describe(transformer)}`);
    }
    const { cancel, flush, start, transform } = readTransformer(transformer ?? {});
    const readableOptions = readStrategy(readableStrategy);
    const writableOptions = readStrategy(writableStrategy);
    const started = newDeferred<unknown>();
    const getController = () => controller;
    const state: TransformState = new TransformState(
      {
        transform: (chunk) =>
          transform === undefined
            ? promiseCall(() => state.enqueue(chunk))
            : promiseCall(() => Reflect.apply(transform, transformer, [chunk, getController()])),
        flush: () => (flush === undefined ? Promise.resolve() : promiseCall(() => Reflect.apply(flush, transformer, [getController()]))),
        cancel: (reason) => (cancel === undefined ? Promise.resolve() : promiseCall(() => resolvedWith(Reflect.apply(cancel, transformer, [reason])))),
      },
      {
        readableHighWaterMark: highWaterMarkOf(readableOptions, 0),
        readableSize: sizeAlgorithmOf(readableOptions),
        writableHighWaterMark: highWaterMarkOf(writableOptions, 1),
        writableSize: sizeAlgorithmOf(writableOptions),
      },
      started.promise,
    );
    const controller = new TransformStreamDefaultController(CREATE, state);
    this.#state = state;
    started.resolve(start === undefined ? undefined : Reflect.apply(start, transformer, [controller]));
  }

  get readable(): ReadableStream {
    return wrapReadable(this.#state.readable);
  }
  get writable(): WritableStream {
    return wrapWritable(this.#state.writable);
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    return `TransformStream ${inspect({ readable: this.readable, writable: this.writable }, options)}`;
  }
}
defineInterface(TransformStream, "TransformStream");
defineTransfer(TransformStream, (stream: TransformStream) => {
  const { transferTransform } = require("crust:web/streams/transfer") as typeof import("crust:web/streams/transfer");
  return transferTransform(stream);
});
defineLengths(TransformStream, { constructor: 0 });

// The members are read in the order of their names, once.
function readTransformer(transformer: Transformer): Transformer {
  const { cancel, flush, readableType, start, transform, writableType } = transformer;
  for (const [name, method] of Object.entries({ cancel, flush, start, transform })) {
    if (method !== undefined) {
      requireFunction(method, `transformer.${name}`);
    }
  }
  if (readableType !== undefined || writableType !== undefined) {
    throw new RangeError("readableType and writableType of a transformer must be undefined");
  }
  return { cancel, flush, start, transform } as Transformer;
}

export class TransformStreamDefaultController {
  #state: TransformState;

  constructor(token?: symbol, state?: TransformState) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    this.#state = state as TransformState;
  }

  get desiredSize(): number | null {
    return this.#state.desiredSize;
  }
  enqueue(chunk?: unknown): void {
    this.#state.enqueue(chunk);
  }
  error(reason?: unknown): void {
    this.#state.error(reason);
  }
  terminate(): void {
    this.#state.terminate();
  }
}
defineInterface(TransformStreamDefaultController, "TransformStreamDefaultController");
defineLengths(TransformStreamDefaultController, { constructor: 0, enqueue: 0, error: 0 });

/** True for a TransformStream made here. */
export function isTransformStream(value: unknown): value is TransformStream {
  return isObject(value) && isTransform(value);
}

/** A transform stream of two ends that exist: one that was transferred. */
export function wrapTransform(readable: ReadableState, writable: WritableState): TransformStream {
  return new TransformStream({ readable, writable } as never, undefined, undefined, CREATE);
}

/** A transform stream whose steps are the platform's own; what they throw becomes a rejection. */
export function createTransform(transform: (chunk: unknown, state: TransformState) => void, flush: (state: TransformState) => void): TransformState {
  const state: TransformState = new TransformState(
    {
      transform: (chunk) => promiseCall(() => transform(chunk, state)),
      flush: () => promiseCall(() => flush(state)),
      cancel: () => Promise.resolve(),
    },
    DEFAULT_OPTIONS,
    Promise.resolve(),
  );
  return state;
}
