// A readable stream over a descriptor that the event loop watches: standard input, terminals, and the
// output of children. Reads only while somebody consumes.

import * as native from "crust:ops/process";
import { Readable } from "crust:node/internal/streams/readable";

const ReadableBase = Readable as any;

export class InputStream extends ReadableBase {
  fd: number;
  #pipe: number;
  #reading = false;
  #closed = false;

  constructor(fd: number, options: { owned?: boolean; highWaterMark?: number } = {}) {
    super({ highWaterMark: options.highWaterMark ?? 65536, autoDestroy: true });
    this.fd = fd;
    this.#pipe = native.pipeOpen(fd, options.owned === true, (chunk: Uint8Array | null, error?: Error) => this.#receive(chunk, error));
    // A consumer that pauses stops the descriptor too, so that the process can end.
    this.on("pause", () => this.#setReading(false));
  }

  _read(): void {
    this.#setReading(true);
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

  #setReading(reading: boolean): void {
    if (this.#closed || this.#reading === reading) return;
    this.#reading = reading;
    native.pipeRead(this.#pipe, reading);
  }
  #receive(chunk: Uint8Array | null, error?: Error): void {
    if (this.#closed) return;
    if (error !== undefined) {
      this.destroy(error);
      return;
    }
    if (chunk === null) {
      this.#reading = false;
      this.push(null);
      // An end that nobody reads up to must not keep the stream open.
      if (this.readableLength === 0 && this.readableFlowing !== null) this.read(0);
      return;
    }
    const { Buffer } = require("crust:node/buffer");
    if (!this.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) this.#setReading(false);
  }
}
