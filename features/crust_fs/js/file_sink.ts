// FileSink: what `Bun.file(...).writer()` gives. Collects small writes and hands them to the kernel in
// blocks; the descriptor opens at the first write.

import * as native from "crust:ops/fs";

const BLOCK = 16 * 1024;
const O_WRITE = 0o1101;

export class FileSink {
  #place: string | number;
  #fd = -1;
  #limit: number;
  #pending: Uint8Array[] = [];
  #size = 0;
  #ended = false;

  constructor(place: string | number, options?: { highWaterMark?: number }) {
    this.#place = place;
    this.#limit = options?.highWaterMark ?? BLOCK;
    if (typeof place === "number") this.#fd = place;
  }

  start(options?: { highWaterMark?: number }): void {
    if (options?.highWaterMark !== undefined) this.#limit = options.highWaterMark;
  }
  write(chunk: string | ArrayBuffer | ArrayBufferView): number {
    if (this.#ended) return 0;
    let bytes: Uint8Array;
    if (typeof chunk === "string") bytes = new TextEncoder().encode(chunk);
    else if (ArrayBuffer.isView(chunk)) bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength).slice();
    else if (chunk instanceof ArrayBuffer) bytes = new Uint8Array(chunk.slice(0));
    else throw Object.assign(new TypeError("write() expects a string, ArrayBufferView, or ArrayBuffer"), { code: "ERR_INVALID_ARG_TYPE" });
    this.#pending.push(bytes);
    this.#size += bytes.length;
    if (this.#size >= this.#limit) this.flush();
    return bytes.length;
  }
  flush(): number {
    if (this.#size === 0) return 0;
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const bytes of this.#pending) {
      all.set(bytes, at);
      at += bytes.length;
    }
    this.#pending = [];
    this.#size = 0;
    this.#writeAll(all);
    return all.length;
  }
  #writeAll(bytes: Uint8Array): void {
    if (this.#fd === 1 || this.#fd === 2) {
      require("crust:ops/console").writeBytes(this.#fd, bytes);
      return;
    }
    this.#open();
    for (let at = 0; at < bytes.length; ) at += native.write(false, this.#fd, at === 0 ? bytes : bytes.subarray(at), null);
  }
  #open(): void {
    if (this.#fd < 0) this.#fd = native.open(false, this.#place, O_WRITE, 0o664);
  }
  end(error?: unknown): number {
    if (this.#ended) return 0;
    let flushed = 0;
    if (error === undefined) {
      this.#open();
      flushed = this.flush();
    }
    this.#ended = true;
    if (typeof this.#place === "string" && this.#fd >= 0) native.close(false, this.#fd);
    return flushed;
  }
  close(error?: unknown): number {
    return this.end(error);
  }
  ref(): void {}
  unref(): void {}
  _getFd(): number {
    return this.#fd;
  }
}
