// The internal slots of writable streams, writers and their controller, and the standard's abstract operations.
// The public classes are in writable.ts.

import { ensureRejected, newDeferred, rejectedDeferred, resolvedDeferred, resolvedWith, SizedQueue } from "crust:web/streams/deferred";
import type { Deferred } from "crust:web/streams/deferred";
import { stateError } from "crust:web/streams/readable_state";
import type { SizeAlgorithm } from "crust:web/streams/strategy";

/** What a stream writes to. */
export interface SinkAlgorithms {
  start(): unknown;
  write(chunk: unknown): Promise<unknown>;
  close(): Promise<unknown>;
  abort(reason: unknown): Promise<unknown>;
}

interface PendingAbort {
  readonly deferred: Deferred<undefined>;
  readonly reason: unknown;
  readonly wasErroring: boolean;
}

export class WriterState {
  stream: WritableState | null;
  ready: Deferred<undefined>;
  closed: Deferred<undefined>;

  constructor(stream: WritableState) {
    if (stream.writer !== null) {
      throw stateError("WritableStream is locked");
    }
    this.stream = stream;
    stream.writer = this;
    if (stream.state === "writable") {
      this.ready = !stream.closeQueuedOrInFlight && stream.backpressure ? newDeferred() : resolvedDeferred();
      this.closed = newDeferred();
    } else if (stream.state === "erroring") {
      this.ready = rejectedDeferred(stream.storedError);
      this.closed = newDeferred();
    } else if (stream.state === "closed") {
      this.ready = resolvedDeferred();
      this.closed = resolvedDeferred();
    } else {
      this.ready = rejectedDeferred(stream.storedError);
      this.closed = rejectedDeferred(stream.storedError);
    }
  }
}

export class WritableState {
  state: "writable" | "erroring" | "errored" | "closed" = "writable";
  storedError: unknown = undefined;
  writer: WriterState | null = null;
  controller: WritableController | null = null;
  inFlightWrite: Deferred<undefined> | null = null;
  closeRequest: Deferred<undefined> | null = null;
  inFlightClose: Deferred<undefined> | null = null;
  pendingAbort: PendingAbort | null = null;
  writeRequests: Deferred<undefined>[] = [];
  backpressure = false;
  /** Settles with the stream, whoever writes to it; made when somebody watches (internal_state.ts). */
  watch: Deferred<undefined> | null = null;
  /** The WritableStream object users see, once there is one. */
  wrapper: object | null = null;

  get closeQueuedOrInFlight(): boolean {
    return this.closeRequest !== null || this.inFlightClose !== null;
  }

  setBackpressure(backpressure: boolean): void {
    const writer = this.writer;
    if (writer !== null && backpressure !== this.backpressure) {
      if (backpressure) {
        writer.ready = newDeferred();
      } else {
        writer.ready.resolve(undefined);
      }
    }
    this.backpressure = backpressure;
  }

  abort(reason: unknown): Promise<undefined> {
    if (this.state === "closed" || this.state === "errored") {
      return Promise.resolve(undefined);
    }
    this.controller?.signalAbort(reason);
    // Aborting the signal runs user code, which may have changed the state.
    const state = this.state as string;
    if (state === "closed" || state === "errored") {
      return Promise.resolve(undefined);
    }
    if (this.pendingAbort !== null) {
      return this.pendingAbort.deferred.promise;
    }
    const wasErroring = this.state === "erroring";
    const deferred = newDeferred();
    this.pendingAbort = { deferred, reason: wasErroring ? undefined : reason, wasErroring };
    if (!wasErroring) {
      this.startErroring(reason);
    }
    return deferred.promise;
  }

  close(): Promise<undefined> {
    if (this.state === "closed" || this.state === "errored") {
      return Promise.reject(stateError(`The stream is ${this.state}`));
    }
    const deferred = newDeferred();
    this.closeRequest = deferred;
    if (this.writer !== null && this.backpressure && this.state === "writable") {
      this.writer.ready.resolve(undefined);
    }
    this.controller?.close();
    return deferred.promise;
  }

  dealWithRejection(reason: unknown): void {
    if (this.state === "writable") {
      this.startErroring(reason);
    } else {
      this.finishErroring();
    }
  }

  startErroring(reason: unknown): void {
    this.state = "erroring";
    this.storedError = reason;
    const writer = this.writer;
    if (writer !== null) {
      writer.ready = ensureRejected(writer.ready, reason);
    }
    if (this.inFlightWrite === null && this.inFlightClose === null && this.controller?.started) {
      this.finishErroring();
    }
  }

  finishErroring(): void {
    this.state = "errored";
    this.controller?.errorSteps();
    const reason = this.storedError;
    for (const request of this.writeRequests) {
      request.reject(reason);
    }
    this.writeRequests = [];
    const abort = this.pendingAbort;
    if (abort === null) {
      this.#rejectCloseAndClosed();
      return;
    }
    this.pendingAbort = null;
    if (abort.wasErroring) {
      abort.deferred.reject(reason);
      this.#rejectCloseAndClosed();
      return;
    }
    (this.controller as WritableController).abortSteps(abort.reason).then(
      () => {
        abort.deferred.resolve(undefined);
        this.#rejectCloseAndClosed();
      },
      (error: unknown) => {
        abort.deferred.reject(error);
        this.#rejectCloseAndClosed();
      },
    );
  }

  #rejectCloseAndClosed(): void {
    this.watch?.reject(this.storedError);
    if (this.closeRequest !== null) {
      this.closeRequest.reject(this.storedError);
      this.closeRequest = null;
    }
    if (this.writer !== null) {
      this.writer.closed = ensureRejected(this.writer.closed, this.storedError);
    }
  }

  finishInFlightWrite(): void {
    this.inFlightWrite?.resolve(undefined);
    this.inFlightWrite = null;
  }

  finishInFlightWriteWithError(reason: unknown): void {
    this.inFlightWrite?.reject(reason);
    this.inFlightWrite = null;
    this.dealWithRejection(reason);
  }

  finishInFlightClose(): void {
    this.inFlightClose?.resolve(undefined);
    this.inFlightClose = null;
    if (this.state === "erroring") {
      this.storedError = undefined;
      this.pendingAbort?.deferred.resolve(undefined);
      this.pendingAbort = null;
    }
    this.state = "closed";
    this.watch?.resolve(undefined);
    this.writer?.closed.resolve(undefined);
  }

  finishInFlightCloseWithError(reason: unknown): void {
    this.inFlightClose?.reject(reason);
    this.inFlightClose = null;
    this.pendingAbort?.deferred.reject(reason);
    this.pendingAbort = null;
    this.dealWithRejection(reason);
  }
}

const CLOSE = Symbol("close sentinel");

export class WritableController {
  readonly stream: WritableState;
  readonly #queue = new SizedQueue<unknown>();
  #sink: SinkAlgorithms | null;
  #size: SizeAlgorithm | null;
  readonly #highWaterMark: number;
  started = false;
  /** Aborts the signal users see; set by the public controller class when the signal is first read. */
  onAbort: ((reason: unknown) => void) | null = null;
  abortReason: { value: unknown } | null = null;

  constructor(stream: WritableState, sink: SinkAlgorithms, highWaterMark: number, size: SizeAlgorithm | null) {
    this.stream = stream;
    this.#sink = sink;
    this.#highWaterMark = highWaterMark;
    this.#size = size;
    stream.controller = this;
    stream.setBackpressure(this.hasBackpressure);
  }

  /** Runs the start algorithm; what it throws goes to the constructor's caller. */
  start(): void {
    const result = (this.#sink as SinkAlgorithms).start();
    resolvedWith(result).then(
      () => {
        this.started = true;
        this.#advance();
      },
      (reason: unknown) => {
        this.started = true;
        this.stream.dealWithRejection(reason);
      },
    );
  }

  get desiredSize(): number {
    return this.#highWaterMark - this.#queue.totalSize;
  }

  get hasBackpressure(): boolean {
    return this.desiredSize <= 0;
  }

  signalAbort(reason: unknown): void {
    this.abortReason ??= { value: reason };
    this.onAbort?.(reason);
  }

  #clearAlgorithms(): void {
    this.#sink = null;
    this.#size = null;
  }

  errorSteps(): void {
    this.#queue.clear();
  }

  abortSteps(reason: unknown): Promise<unknown> {
    const result = this.#sink === null ? Promise.resolve() : this.#sink.abort(reason);
    this.#clearAlgorithms();
    return result;
  }

  error(reason: unknown): void {
    if (this.stream.state === "writable") {
      this.#fail(reason);
    }
  }

  #fail(reason: unknown): void {
    this.#clearAlgorithms();
    this.stream.startErroring(reason);
  }

  close(): void {
    this.#queue.push(CLOSE, 0);
    this.#advance();
  }

  chunkSize(chunk: unknown): unknown {
    if (this.#size === null) {
      return 1;
    }
    try {
      return this.#size(chunk);
    } catch (error) {
      this.#errorIfNeeded(error);
      return 1;
    }
  }

  #errorIfNeeded(reason: unknown): void {
    if (this.stream.state === "writable") {
      this.#fail(reason);
    }
  }

  write(chunk: unknown, size: unknown): void {
    try {
      this.#queue.push(chunk, size);
    } catch (error) {
      this.#errorIfNeeded(error);
      return;
    }
    if (!this.stream.closeQueuedOrInFlight && this.stream.state === "writable") {
      this.stream.setBackpressure(this.hasBackpressure);
    }
    this.#advance();
  }

  #advance(): void {
    const stream = this.stream;
    if (!this.started || stream.inFlightWrite !== null) {
      return;
    }
    if (stream.state === "erroring") {
      stream.finishErroring();
      return;
    }
    if (this.#queue.length === 0 || stream.state !== "writable") {
      return;
    }
    const chunk = this.#queue.peek();
    if (chunk === CLOSE) {
      this.#processClose();
    } else {
      this.#processWrite(chunk);
    }
  }

  #processClose(): void {
    const stream = this.stream;
    stream.inFlightClose = stream.closeRequest;
    stream.closeRequest = null;
    this.#queue.shift();
    const result = (this.#sink as SinkAlgorithms).close();
    this.#clearAlgorithms();
    result.then(
      () => stream.finishInFlightClose(),
      (reason: unknown) => stream.finishInFlightCloseWithError(reason),
    );
  }

  #processWrite(chunk: unknown): void {
    const stream = this.stream;
    stream.inFlightWrite = stream.writeRequests.shift() ?? null;
    (this.#sink as SinkAlgorithms).write(chunk).then(
      () => {
        stream.finishInFlightWrite();
        this.#queue.shift();
        if (!stream.closeQueuedOrInFlight && stream.state === "writable") {
          stream.setBackpressure(this.hasBackpressure);
        }
        this.#advance();
      },
      (reason: unknown) => {
        if (stream.state === "writable") {
          this.#clearAlgorithms();
        }
        stream.finishInFlightWriteWithError(reason);
      },
    );
  }
}

/** "WritableStreamDefaultWriterWrite". */
export function writeChunk(writer: WriterState, chunk: unknown): Promise<undefined> {
  const stream = writer.stream as WritableState;
  const controller = stream.controller as WritableController;
  const size = controller.chunkSize(chunk);
  if (writer.stream !== stream) {
    return Promise.reject(stateError("The writer has been released"));
  }
  if (stream.state === "errored") {
    return Promise.reject(stream.storedError);
  }
  if (stream.closeQueuedOrInFlight || stream.state === "closed") {
    return Promise.reject(stateError("The stream is closing or closed"));
  }
  if (stream.state === "erroring") {
    return Promise.reject(stream.storedError);
  }
  const deferred = newDeferred();
  stream.writeRequests.push(deferred);
  controller.write(chunk, size);
  return deferred.promise;
}

/** "WritableStreamDefaultWriterCloseWithErrorPropagation". */
export function closeWithErrorPropagation(writer: WriterState): Promise<undefined> {
  const stream = writer.stream as WritableState;
  if (stream.closeQueuedOrInFlight || stream.state === "closed") {
    return Promise.resolve(undefined);
  }
  return stream.state === "errored" ? Promise.reject(stream.storedError) : stream.close();
}

export function writerDesiredSize(stream: WritableState): number | null {
  if (stream.state === "errored" || stream.state === "erroring") {
    return null;
  }
  return stream.state === "closed" ? 0 : (stream.controller as WritableController).desiredSize;
}

export function releaseWriter(writer: WriterState): void {
  const stream = writer.stream;
  if (stream === null) {
    return;
  }
  const error = stateError("The writer has been released");
  writer.ready = ensureRejected(writer.ready, error);
  writer.closed = ensureRejected(writer.closed, error);
  stream.writer = null;
  writer.stream = null;
}
