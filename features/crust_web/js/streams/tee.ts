// Splitting a readable stream in two: "ReadableStreamDefaultTee" and "ReadableByteStreamTee".

import { newDeferred } from "crust:web/streams/deferred";
import { ByteController } from "crust:web/streams/byte_controller";
import { byobRequestOf } from "crust:web/streams/byte_controller_classes";
import { DefaultController } from "crust:web/streams/default_controller";
import { cancelStream, readChunk, ReadableState, ReaderState, releaseReader } from "crust:web/streams/readable_state";

/** What both kinds of tee share: two branches, and a cancellation that waits for both. */
class Branches<C extends DefaultController | ByteController> {
  readonly source: ReadableState;
  readonly controllers: [C, C] = [] as never;
  readonly canceled: [boolean, boolean] = [false, false];
  readonly reasons: [unknown, unknown] = [undefined, undefined];
  readonly cancelled = newDeferred();

  constructor(source: ReadableState) {
    this.source = source;
  }

  cancel(index: 0 | 1, reason: unknown): Promise<undefined> {
    this.canceled[index] = true;
    this.reasons[index] = reason;
    if (this.canceled[1 - index]) {
      this.cancelled.resolve(cancelStream(this.source, [...this.reasons]) as never);
    }
    return this.cancelled.promise;
  }

  close(): void {
    for (const index of [0, 1] as const) {
      if (!this.canceled[index]) {
        try {
          this.controllers[index].close();
        } catch {
          // A view that is filled with part of an element: the branch has failed, and its reader knows.
        }
      }
    }
  }

  get bothCanceled(): boolean {
    return this.canceled[0] && this.canceled[1];
  }

  /** Passes an error of the source on, for as long as `reader` is the one that reads. */
  forwardErrors(reader: ReaderState, isCurrent: () => boolean): void {
    reader.closed.promise.then(undefined, (reason: unknown) => {
      if (isCurrent()) {
        this.controllers[0].error(reason);
        this.controllers[1].error(reason);
        if (!this.bothCanceled) {
          this.cancelled.resolve(undefined);
        }
      }
    });
  }
}

/** Tees any stream. `clone` copies a chunk for the second branch; without it both see the same objects. */
export function teeStream(stream: ReadableState, clone: ((chunk: unknown) => unknown) | null): [ReadableState, ReadableState] {
  return stream.controller.isByte ? teeBytes(stream) : teeDefault(stream, clone);
}

function teeDefault(stream: ReadableState, clone: ((chunk: unknown) => unknown) | null): [ReadableState, ReadableState] {
  const reader = new ReaderState(stream, false);
  const branches = new Branches<DefaultController>(stream);
  let reading = false;
  let readAgain = false;

  const deliver = (chunk: unknown) => {
    readAgain = false;
    let second = chunk;
    if (!branches.canceled[1] && clone !== null) {
      try {
        second = clone(chunk);
      } catch (error) {
        branches.controllers[0].error(error);
        branches.controllers[1].error(error);
        branches.cancelled.resolve(cancelStream(stream, error) as never);
        return;
      }
    }
    if (!branches.canceled[0]) {
      branches.controllers[0].enqueue(chunk);
    }
    if (!branches.canceled[1]) {
      branches.controllers[1].enqueue(second);
    }
    reading = false;
    if (readAgain) {
      void pull();
    }
  };

  const pull = (): Promise<undefined> => {
    if (reading) {
      readAgain = true;
      return Promise.resolve(undefined);
    }
    reading = true;
    readChunk(reader, {
      // A microtask later, so that the closing or failing of the stream is seen first.
      chunk: (chunk) => void Promise.resolve().then(() => deliver(chunk)),
      close: () => {
        reading = false;
        branches.close();
        if (!branches.bothCanceled) {
          branches.cancelled.resolve(undefined);
        }
      },
      error: () => {
        reading = false;
      },
    });
    return Promise.resolve(undefined);
  };

  const states = [0, 1].map((index) => {
    const state = new ReadableState();
    const controller = new DefaultController(state, { start: () => undefined, pull, cancel: (reason) => branches.cancel(index as 0 | 1, reason) }, 1, null);
    branches.controllers[index as 0 | 1] = controller;
    controller.start();
    return state;
  });
  branches.forwardErrors(reader, () => true);
  return states as [ReadableState, ReadableState];
}

class ByteTee {
  readonly #stream: ReadableState;
  readonly #branches: Branches<ByteController>;
  readonly states: [ReadableState, ReadableState];
  #reader: ReaderState;
  #reading = false;
  readonly #readAgain: [boolean, boolean] = [false, false];

  constructor(stream: ReadableState) {
    this.#stream = stream;
    this.#branches = new Branches<ByteController>(stream);
    this.#reader = new ReaderState(stream, false);
    this.states = [this.#makeBranch(0), this.#makeBranch(1)];
    this.#forwardErrors(this.#reader);
  }

  #makeBranch(index: 0 | 1): ReadableState {
    const state = new ReadableState();
    const source = { start: () => undefined, pull: () => this.#pull(index), cancel: (reason: unknown) => this.#branches.cancel(index, reason) };
    const controller = new ByteController(state, source, 0, undefined);
    this.#branches.controllers[index] = controller;
    controller.start();
    return state;
  }

  #forwardErrors(reader: ReaderState): void {
    this.#branches.forwardErrors(reader, () => reader === this.#reader);
  }

  #pull(index: 0 | 1): Promise<undefined> {
    if (this.#reading) {
      this.#readAgain[index] = true;
      return Promise.resolve(undefined);
    }
    this.#reading = true;
    const request = byobRequestOf(this.#branches.controllers[index]);
    if (request === null) {
      this.#pullWithDefaultReader();
    } else {
      this.#pullWithByobReader(request.view as Uint8Array, index);
    }
    return Promise.resolve(undefined);
  }

  #useReader(isByob: boolean): void {
    if (this.#reader.isByob !== isByob) {
      releaseReader(this.#reader);
      this.#reader = new ReaderState(this.#stream, isByob);
      this.#forwardErrors(this.#reader);
    }
  }

  #continue(): void {
    this.#reading = false;
    if (this.#readAgain[0]) {
      void this.#pull(0);
    } else if (this.#readAgain[1]) {
      void this.#pull(1);
    }
  }

  #fail(error: unknown): void {
    this.#branches.controllers[0].error(error);
    this.#branches.controllers[1].error(error);
    this.#branches.cancelled.resolve(cancelStream(this.#stream, error) as never);
  }

  #pullWithDefaultReader(): void {
    this.#useReader(false);
    const branches = this.#branches;
    readChunk(this.#reader, {
      chunk: (value) =>
        void Promise.resolve().then(() => {
          this.#readAgain[0] = this.#readAgain[1] = false;
          const chunk = value as Uint8Array;
          let second = chunk;
          if (!branches.canceled[0] && !branches.canceled[1]) {
            try {
              second = copyView(chunk);
            } catch (error) {
              this.#fail(error);
              return;
            }
          }
          if (!branches.canceled[0]) {
            branches.controllers[0].enqueue(chunk);
          }
          if (!branches.canceled[1]) {
            branches.controllers[1].enqueue(second);
          }
          this.#continue();
        }),
      close: () => {
        this.#reading = false;
        branches.close();
        for (const controller of branches.controllers) {
          if (controller.pendingPullIntos.length > 0) {
            controller.respond(0);
          }
        }
        if (!branches.bothCanceled) {
          branches.cancelled.resolve(undefined);
        }
      },
      error: () => {
        this.#reading = false;
      },
    });
  }

  #pullWithByobReader(view: ArrayBufferView, index: 0 | 1): void {
    this.#useReader(true);
    const stream = this.#stream;
    stream.disturbed = true;
    if (stream.state === "errored") {
      this.#reading = false;
      return;
    }
    (stream.controller as ByteController).pullInto(view, 1, {
      chunk: (chunk) => void Promise.resolve().then(() => this.#deliverByob(chunk, index)),
      close: (chunk) => this.#closeByob(chunk, index),
      error: () => {
        this.#reading = false;
      },
    });
  }

  #deliverByob(chunk: ArrayBufferView, index: 0 | 1): void {
    const { controllers, canceled } = this.#branches;
    const other = (1 - index) as 0 | 1;
    this.#readAgain[0] = this.#readAgain[1] = false;
    if (!canceled[other]) {
      let copy: Uint8Array;
      try {
        copy = copyView(chunk as Uint8Array);
      } catch (error) {
        this.#fail(error);
        return;
      }
      if (!canceled[index]) {
        controllers[index].respondWithNewView(chunk);
      }
      controllers[other].enqueue(copy);
    } else if (!canceled[index]) {
      controllers[index].respondWithNewView(chunk);
    }
    this.#continue();
  }

  #closeByob(chunk: ArrayBufferView | undefined, index: 0 | 1): void {
    const branches = this.#branches;
    const other = (1 - index) as 0 | 1;
    this.#reading = false;
    branches.close();
    if (chunk !== undefined) {
      // A branch that failed while it closed has nothing pending any more.
      if (!branches.canceled[index] && branches.controllers[index].pendingPullIntos.length > 0) {
        branches.controllers[index].respondWithNewView(chunk);
      }
      if (!branches.canceled[other] && branches.controllers[other].pendingPullIntos.length > 0) {
        branches.controllers[other].respond(0);
      }
    }
    if (!branches.bothCanceled) {
      branches.cancelled.resolve(undefined);
    }
  }
}

function teeBytes(stream: ReadableState): [ReadableState, ReadableState] {
  return new ByteTee(stream).states;
}

function copyView(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer);
}
