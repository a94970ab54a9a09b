// ReadableStreamDefaultController: the queue of chunks behind a stream that is not a byte stream.

import { promiseCall, resolvedWith, SizedQueue } from "crust:web/streams/deferred";
import { closeStream, errorStream, numberOfReadRequests, stateError } from "crust:web/streams/readable_state";
import type { ReadableController, ReadableState, ReadRequest } from "crust:web/streams/readable_state";
import type { SizeAlgorithm } from "crust:web/streams/strategy";
import { codedTypeError, defineInterface, defineLengths } from "crust:web/webidl";

/** What fills a stream. */
export interface SourceAlgorithms {
  start(): unknown;
  pull(): Promise<unknown>;
  cancel(reason: unknown): Promise<unknown>;
}

export class DefaultController implements ReadableController {
  readonly isByte = false;
  readonly stream: ReadableState;
  readonly #queue = new SizedQueue<unknown>();
  #source: SourceAlgorithms | null;
  #size: SizeAlgorithm | null;
  readonly #highWaterMark: number;
  #started = false;
  #closeRequested = false;
  #pulling = false;
  #pullAgain = false;
  // The reactions to a pull, made once.
  #onPulled: (() => void) | null = null;
  #onPullFailed: ((reason: unknown) => void) | null = null;

  constructor(stream: ReadableState, source: SourceAlgorithms, highWaterMark: number, size: SizeAlgorithm | null) {
    this.stream = stream;
    this.#source = source;
    this.#highWaterMark = highWaterMark;
    this.#size = size;
    stream.controller = this;
  }

  /** Runs the start algorithm; what it throws goes to the constructor's caller. */
  start(): void {
    const result = (this.#source as SourceAlgorithms).start();
    resolvedWith(result).then(
      () => {
        this.#started = true;
        this.callPullIfNeeded();
      },
      (reason: unknown) => this.error(reason),
    );
  }

  get desiredSize(): number | null {
    if (this.stream.state === "errored") {
      return null;
    }
    return this.stream.state === "closed" ? 0 : this.#highWaterMark - this.#queue.totalSize;
  }

  get canCloseOrEnqueue(): boolean {
    return !this.#closeRequested && this.stream.state === "readable";
  }

  /** For transform streams: whether the queue is at or over its mark. */
  get hasBackpressure(): boolean {
    return !this.#shouldPull();
  }

  #clearAlgorithms(): void {
    this.#source = null;
    this.#size = null;
  }

  #shouldPull(): boolean {
    if (!this.canCloseOrEnqueue || !this.#started) {
      return false;
    }
    return numberOfReadRequests(this.stream) > 0 || (this.desiredSize as number) > 0;
  }

  #pulled(): void {
    this.#pulling = false;
    if (this.#pullAgain) {
      this.#pullAgain = false;
      this.callPullIfNeeded();
    }
  }

  callPullIfNeeded(): void {
    if (!this.#shouldPull()) {
      return;
    }
    if (this.#pulling) {
      this.#pullAgain = true;
      return;
    }
    this.#pulling = true;
    this.#onPulled ??= () => this.#pulled();
    this.#onPullFailed ??= (reason) => this.error(reason);
    (this.#source as SourceAlgorithms).pull().then(this.#onPulled, this.#onPullFailed);
  }

  close(): void {
    if (!this.canCloseOrEnqueue) {
      return;
    }
    this.#closeRequested = true;
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
    const result = this.#source === null ? Promise.resolve() : this.#source.cancel(reason);
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
    if (this.#closeRequested && this.#queue.length === 0) {
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
