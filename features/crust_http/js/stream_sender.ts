// Sends a stream as a response body: chunk after chunk without a promise for each, as fast as the client takes them.
// Never writes a head.

import * as ops from "crust:ops/http";
import type { IncomingRequest } from "crust:http/incoming";
import { markHandled } from "crust:web/streams/deferred";
import { readableState } from "crust:web/streams/readable";
import { cancelReader, readChunk, ReaderState } from "crust:web/streams/readable_state";
import type { ReadRequest } from "crust:web/streams/readable_state";

// Bytes that may wait for a client before its stream is read on.
const HIGH_WATER = 256 * 1024;

export class StreamSender implements ReadRequest {
  readonly #incoming: IncomingRequest;
  readonly #reader: ReaderState;
  // A chunk that is there already comes within the request for it: the loop goes on instead of recursing.
  #asking = false;
  #answered = false;
  #over = false;

  constructor(incoming: IncomingRequest, stream: ReadableStream) {
    this.#incoming = incoming;
    this.#reader = new ReaderState(readableState(stream as never), false);
    markHandled(this.#reader.closed.promise);
  }

  /** Reads on until the source has nothing for now or the client is behind. */
  pump(): void {
    do {
      this.#answered = false;
      this.#asking = true;
      readChunk(this.#reader, this);
      this.#asking = false;
    } while (this.#answered && !this.#over);
  }

  /** Tells the source that nobody wants the rest. */
  cancel(reason?: unknown): void {
    this.#over = true;
    this.#incoming.finish();
    markHandled(cancelReader(this.#reader, reason));
  }

  chunk(value: unknown): void {
    if (this.#over) return;
    const bytes = bytesOf(value);
    if (bytes === undefined) {
      const error = new TypeError("A response body stream must give strings or bytes");
      this.cancel(error);
      this.#fail(error);
      return;
    }
    const waiting = ops.respondChunk(this.#incoming.handle, bytes) as number;
    if (waiting < 0 || this.#incoming.gone) {
      this.cancel(new DOMException("The client closed the connection", "AbortError"));
    } else if (waiting > HIGH_WATER) {
      this.#incoming.waitForDrain().then(() => this.#resume());
    } else if (this.#asking) {
      this.#answered = true;
    } else {
      this.pump();
    }
  }

  #resume(): void {
    if (this.#over) return;
    if (this.#incoming.gone) this.cancel(new DOMException("The client closed the connection", "AbortError"));
    else this.pump();
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    ops.respondEnd(this.#incoming.handle, false);
    this.#incoming.finish();
  }

  error(reason: unknown): void {
    if (!this.#over) this.#fail(reason);
  }

  #fail(error: unknown): void {
    this.#over = true;
    this.#incoming.cut();
    console.error(error);
  }
}

function bytesOf(value: unknown): string | Uint8Array | undefined {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined;
}
