// "ReadableStreamPipeTo": reads, writes and waits for back-pressure until either end closes or fails.

import { addAbortAlgorithm } from "crust:web/abort";
import type { AbortSignal } from "crust:web/abort";
import { markHandled, newDeferred } from "crust:web/streams/deferred";
import { cancelStream, readChunk, ReadableState, ReaderState, releaseReader } from "crust:web/streams/readable_state";
import { closeWithErrorPropagation, releaseWriter, WritableState, writeChunk, writerDesiredSize, WriterState } from "crust:web/streams/writable_state";

export interface PipeOptions {
  preventAbort?: boolean;
  preventCancel?: boolean;
  preventClose?: boolean;
  signal?: AbortSignal;
}

class Pipe {
  readonly #source: ReadableState;
  readonly #target: WritableState;
  readonly #options: PipeOptions;
  readonly #reader: ReaderState;
  readonly #writer: WriterState;
  readonly #done = newDeferred();
  #shuttingDown = false;
  #lastWrite: Promise<unknown> = Promise.resolve();
  #removeAbortAlgorithm: (() => void) | null = null;

  constructor(source: ReadableState, target: WritableState, options: PipeOptions) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
    this.#reader = new ReaderState(source, false);
    this.#writer = new WriterState(target);
    source.disturbed = true;
  }

  run(): Promise<undefined> {
    const signal = this.#options.signal;
    if (signal !== undefined) {
      const abort = () => this.#abort(signal.reason);
      if (signal.aborted) {
        abort();
        return this.#done.promise;
      }
      this.#removeAbortAlgorithm = addAbortAlgorithm(signal, abort);
    }
    this.#watchSourceError();
    this.#watchTargetError();
    this.#watchSourceClose();
    this.#refuseClosingTarget();
    this.#step();
    return this.#done.promise;
  }

  #abort(reason: unknown): void {
    const actions: (() => Promise<unknown>)[] = [];
    if (!this.#options.preventAbort) {
      actions.push(() => (this.#target.state === "writable" ? this.#target.abort(reason) : Promise.resolve()));
    }
    if (!this.#options.preventCancel) {
      actions.push(() => (this.#source.state === "readable" ? cancelStream(this.#source, reason) : Promise.resolve()));
    }
    this.#shutdown(() => Promise.all(actions.map((action) => action())), { error: reason });
  }

  #watchSourceError(): void {
    const onError = (reason: unknown) => {
      if (this.#options.preventAbort) {
        this.#shutdown(null, { error: reason });
      } else {
        this.#shutdown(() => this.#target.abort(reason), { error: reason });
      }
    };
    if (this.#source.state === "errored") {
      onError(this.#source.storedError);
    } else {
      this.#reader.closed.promise.then(undefined, (reason: unknown) => onError(reason));
    }
  }

  #watchTargetError(): void {
    const onError = (reason: unknown) => {
      if (this.#options.preventCancel) {
        this.#shutdown(null, { error: reason });
      } else {
        this.#shutdown(() => cancelStream(this.#source, reason), { error: reason });
      }
    };
    if (this.#target.state === "errored") {
      onError(this.#target.storedError);
    } else {
      this.#writer.closed.promise.then(undefined, (reason: unknown) => onError(reason));
    }
  }

  #watchSourceClose(): void {
    const onClose = () => {
      if (this.#options.preventClose) {
        this.#shutdown(null, null);
      } else {
        this.#shutdown(() => closeWithErrorPropagation(this.#writer), null);
      }
    };
    if (this.#source.state === "closed") {
      onClose();
    } else {
      this.#reader.closed.promise.then(onClose, () => undefined);
    }
  }

  #refuseClosingTarget(): void {
    if (this.#target.closeQueuedOrInFlight || this.#target.state === "closed") {
      const error = new TypeError("The destination stream is closed");
      if (this.#options.preventCancel) {
        this.#shutdown(null, { error });
      } else {
        this.#shutdown(() => cancelStream(this.#source, error), { error });
      }
    }
  }

  #step(): void {
    if (this.#shuttingDown) {
      return;
    }
    const size = writerDesiredSize(this.#target);
    if (size === null || size <= 0) {
      this.#writer.ready.promise.then(() => this.#step(), () => undefined);
      return;
    }
    readChunk(this.#reader, {
      chunk: (chunk) => {
        // A chunk that was read is written, whatever happens meanwhile; but never from within the source's enqueue.
        const write = Promise.resolve().then(() => {
          const written = writeChunk(this.#writer, chunk);
          this.#step();
          return written;
        });
        this.#lastWrite = write;
        markHandled(write);
      },
      close: () => undefined,
      error: () => undefined,
    });
  }

  #shutdown(action: (() => Promise<unknown>) | null, failure: { error: unknown } | null): void {
    if (this.#shuttingDown) {
      return;
    }
    this.#shuttingDown = true;
    const act = () => {
      if (action === null) {
        this.#finalize(failure);
      } else {
        action().then(
          () => this.#finalize(failure),
          (error: unknown) => this.#finalize({ error }),
        );
      }
    };
    if (this.#target.state === "writable" && !this.#target.closeQueuedOrInFlight) {
      this.#waitForWrites(act);
    } else {
      act();
    }
  }

  #waitForWrites(then: () => void): void {
    const last = this.#lastWrite;
    const again = () => (last === this.#lastWrite ? then() : this.#waitForWrites(then));
    last.then(again, again);
  }

  #finalize(failure: { error: unknown } | null): void {
    releaseWriter(this.#writer);
    releaseReader(this.#reader);
    this.#removeAbortAlgorithm?.();
    if (failure === null) {
      this.#done.resolve(undefined);
    } else {
      this.#done.reject(failure.error);
    }
  }
}

/** Pipes two streams that are not locked. */
export function pipeStreams(source: ReadableState, target: WritableState, options: PipeOptions): Promise<undefined> {
  return new Pipe(source, target, options).run();
}
