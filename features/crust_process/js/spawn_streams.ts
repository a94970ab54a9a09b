// The streams of a child of `Bun.spawn`: its input as a sink, its output as a ReadableStream. Never
// starts or ends a child.

import * as native from "crust:ops/process";

// The child's input as a sink of writes.
export class FileSink {
  #pipe: number;
  #pending: { bytes: Uint8Array; done: (error?: unknown) => void }[] = [];
  #busy = false;
  #ended = false;
  #flushed = 0;

  constructor(fd: number) {
    this.#pipe = native.pipeOpen(fd, true);
  }
  start(): void {}
  write(chunk: any): number {
    if (this.#ended) return 0;
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : ArrayBuffer.isView(chunk)
      ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength).slice() : new Uint8Array((chunk as ArrayBuffer).slice(0));
    this.#pending.push({ bytes, done: () => {} });
    this.#run();
    return bytes.length;
  }
  #run(): void {
    while (!this.#busy && this.#pending.length > 0) {
      const { bytes, done } = this.#pending.shift()!;
      this.#busy = true;
      const next = (error: unknown): void => {
        this.#busy = false;
        // The child reads no more: what is left has nowhere to go.
        if (error) this.#pending.forEach((item) => item.done());
        if (error) this.#pending = [];
        this.#flushed += bytes.length;
        done();
        this.#run();
      };
      try {
        if (native.pipeWrite(this.#pipe, bytes, next)) next(null);
      } catch (error) {
        next(error);
      }
    }
    if (this.#ended && !this.#busy && this.#pending.length === 0) native.pipeClose(this.#pipe);
  }
  flush(): number | Promise<number> {
    const count = (): number => {
      const flushed = this.#flushed;
      this.#flushed = 0;
      return flushed;
    };
    if (!this.#busy && this.#pending.length === 0) return count();
    return new Promise((resolve) => this.#pending.push({ bytes: new Uint8Array(0), done: () => resolve(count()) }));
  }
  end(): number | Promise<number> {
    const flushed = this.flush();
    this.#ended = true;
    this.#run();
    return flushed;
  }
  close(): number | Promise<number> {
    return this.end();
  }
  ref(): void {
    native.pipeRef(this.#pipe, true);
  }
  unref(): void {
    native.pipeRef(this.#pipe, false);
  }
}

// The child's output as a stream. Reads ahead at most one chunk, and what is left at its exit.
export function outputStream(fd: number, received: (bytes: number) => void): any {
  const { ReadableStream } = require("crust:web/streams/readable");
  let controller: any;
  let closed = false;
  const pipe: number = native.pipeOpen(fd, true, (chunk: Uint8Array | null, error?: unknown) => {
    if (closed) return;
    if (error !== undefined) controller.error(error);
    else if (chunk !== null) {
      controller.enqueue(chunk);
      received(chunk.length);
      if (controller.desiredSize <= 0) native.pipeRead(pipe, false);
      return;
    } else controller.close();
    closed = true;
    native.pipeClose(pipe);
  });
  return new ReadableStream({
    start(made: any) {
      controller = made;
    },
    pull() {
      if (!closed) native.pipeRead(pipe, true);
    },
    cancel() {
      closed = true;
      native.pipeClose(pipe);
    },
  }, { highWaterMark: 0 });
}
