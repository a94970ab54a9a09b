// ReadableStreamDefaultController: the queue of chunks behind a stream that is not a byte stream.

import { promiseCall, SizedQueue } from "crust:web/streams/deferred";
import { PullingController } from "crust:web/streams/pulling_controller";
import type { SourceAlgorithms } from "crust:web/streams/pulling_controller";
import { closeStream, errorStream, numberOfReadRequests, stateError } from "crust:web/streams/readable_state";
import type { ReadableController, ReadableState, ReadRequest } from "crust:web/streams/readable_state";
import type { SizeAlgorithm } from "crust:web/streams/strategy";
import { codedTypeError, defineInterface, defineLengths } from "crust:web/webidl";

export class DefaultController extends PullingController implements ReadableController {
  readonly isByte = false;
  readonly #queue = new SizedQueue<unknown>();
  #size: SizeAlgorithm | null;

  constructor(stream: ReadableState, source: SourceAlgorithms, highWaterMark: number, size: SizeAlgorithm | null) {
    super(stream, source, highWaterMark);
    this.#size = size;
    stream.controller = this;
  }

  protected get queuedSize(): number {
    return this.#queue.totalSize;
  }

  /** For transform streams: whether the queue is at or over its mark. */
  get hasBackpressure(): boolean {
    return !this.shouldPull();
  }

  #clearAlgorithms(): void {
    this.source = null;
    this.#size = null;
  }

  close(): void {
    if (!this.canCloseOrEnqueue) {
      return;
    }
    this.closeRequested = true;
    if (this.#queue.length === 0) {
      this.#clearAlgorithms();
      closeStream(this.stream);
    }
  }

  enqueue(chunk: unknown): void {
    if (!this.canCloseOrEnqueue) {
      return;
    }
    if (numberOfReadRequests(this.stream) > 0) {
      this.stream.reader?.readRequests.shift()?.chunk(chunk);
    } else {
      try {
        this.#queue.push(chunk, this.#size === null ? 1 : this.#size(chunk));
      } catch (error) {
        this.error(error);
        throw error;
      }
    }
    this.callPullIfNeeded();
  }

  error(reason: unknown): void {
    if (this.stream.state === "readable") {
      this.#queue.clear();
      this.#clearAlgorithms();
      errorStream(this.stream, reason);
    }
  }

  cancelSteps(reason: unknown): Promise<unknown> {
    this.#queue.clear();
    const result = this.source === null ? Promise.resolve() : this.source.cancel(reason);
    this.#clearAlgorithms();
    return result;
  }

  pullSteps(request: ReadRequest): void {
    if (this.#queue.length === 0) {
      this.stream.reader?.readRequests.push(request);
      this.callPullIfNeeded();
      return;
    }
    const chunk = this.#queue.shift();
    if (this.closeRequested && this.#queue.length === 0) {
      this.#clearAlgorithms();
      closeStream(this.stream);
    } else {
      this.callPullIfNeeded();
    }
    request.chunk(chunk);
  }

  releaseSteps(): void {}
}

const CREATE = Symbol("create ReadableStreamDefaultController");

export class ReadableStreamDefaultController {
  #controller: DefaultController;

  constructor(token?: symbol, controller?: DefaultController) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    this.#controller = controller as DefaultController;
  }

  get desiredSize(): number | null {
    return this.#controller.desiredSize;
  }

  close(): void {
    if (!this.#controller.canCloseOrEnqueue) {
      throw stateError("Controller is already closed");
    }
    this.#controller.close();
  }

  enqueue(chunk?: unknown): void {
    if (!this.#controller.canCloseOrEnqueue) {
      throw stateError("Controller is already closed");
    }
    this.#controller.enqueue(chunk);
  }

  error(reason?: unknown): void {
    this.#controller.error(reason);
  }
}
defineInterface(ReadableStreamDefaultController, "ReadableStreamDefaultController");
defineLengths(ReadableStreamDefaultController, { constructor: 0, enqueue: 0, error: 0 });

/** The dictionary users pass to `new ReadableStream`, its members read in the standard's order. */
export interface UnderlyingSource {
  autoAllocateChunkSize?: number;
  cancel?: (reason: unknown) => unknown;
  pull?: (controller: never) => unknown;
  start?: (controller: never) => unknown;
  type?: string;
}

/** Algorithms that call a user's methods with `controller`. */
export function userAlgorithms(object: unknown, source: UnderlyingSource, controller: () => unknown): SourceAlgorithms {
  const { start, pull, cancel } = source;
  return {
    start: () => (start === undefined ? undefined : Reflect.apply(start, object, [controller()])),
    pull: () => (pull === undefined ? Promise.resolve() : promiseCall(() => Reflect.apply(pull, object, [controller()]))),
    cancel: (reason) => (cancel === undefined ? Promise.resolve() : promiseCall(() => Reflect.apply(cancel, object, [reason]))),
  };
}

/** Sets a stream up from a user's source. */
export function setUpDefault(stream: ReadableState, object: unknown, source: UnderlyingSource, highWaterMark: number, size: SizeAlgorithm | null): void {
  let visible: ReadableStreamDefaultController | undefined;
  const algorithms = userAlgorithms(object, source, () => (visible ??= new ReadableStreamDefaultController(CREATE, controller)));
  const controller: DefaultController = new DefaultController(stream, algorithms, highWaterMark, size);
  controller.start();
}
