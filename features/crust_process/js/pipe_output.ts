// A writable stream over a descriptor that the event loop watches: the input of a child. Writes what
// the kernel takes at once, the rest when there is room.

import * as native from "crust:ops/process";
import { Writable } from "crust:node/internal/streams/writable";

const WritableBase = Writable as any;

export class OutputStream extends WritableBase {
  fd: number;
  #pipe: number;
  #closed = false;

  constructor(fd: number) {
    super({ decodeStrings: true, autoDestroy: true });
    this.fd = fd;
    this.#pipe = native.pipeOpen(fd, true);
  }

  _write(chunk: Uint8Array, _encoding: string, done: (error?: unknown) => void): void {
    let written: boolean;
    try {
      written = native.pipeWrite(this.#pipe, chunk, (error: unknown) => done(error ?? undefined));
    } catch (error) {
      done(error);
      return;
    }
    if (written) done();
  }
  _destroy(error: unknown, done: (error: unknown) => void): void {
    this.#closed = true;
    native.pipeClose(this.#pipe);
    done(error);
  }
  ref(): this {
    if (!this.#closed) native.pipeRef(this.#pipe, true);
    return this;
  }
  unref(): this {
    if (!this.#closed) native.pipeRef(this.#pipe, false);
    return this;
  }
}
