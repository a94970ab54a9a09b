// The body of a request on its way out: whole where it is in memory, else piece by piece with back-pressure.

import { finish, room, write } from "crust:ops/fetch";
import { blobBytesInMemory, isBlob } from "crust:web/blob";
import type { Blob } from "crust:web/blob";
import type { Body, BodyProvider } from "crust:web/body";
import { codedTypeError } from "crust:web/webidl";
import type { ReadableStream } from "crust:web/streams/readable";
import type { ReadableStreamDefaultReader } from "crust:web/streams/readers";
import { argumentFailure } from "crust:fetch/failure";

/** Bytes that may wait for the connection before the source is read on. The native side has the same number. */
const HIGH_WATER = 256 * 1024;

/** What to send. */
export interface Upload {
  /** All of it, if it is in memory; undefined for no body or a stream. */
  whole: string | Uint8Array | undefined;
  /** Opens the stream to send in place of `whole`; null if there is none. */
  open: (() => ReadableStream) | null;
  /** Bytes that the stream has, -1 if nobody knows. */
  length: number;
  /** Whether it can be sent a second time. */
  isReplayable: boolean;
}

export const NO_UPLOAD: Upload = { whole: undefined, open: null, length: 0, isReplayable: true };

/** Takes the body of a request for sending and marks it used. */
export function takeUpload(body: Body | null): Upload {
  if (body === null) {
    return NO_UPLOAD;
  }
  if (body.isUnusable) {
    throw codedTypeError("ERR_BODY_ALREADY_USED", "Body already used");
  }
  const { source } = body;
  if (body.stream !== null || source === null) {
    const stream = body.toStream();
    return { whole: undefined, open: () => stream, length: -1, isReplayable: false };
  }
  if (typeof source === "string" || source instanceof Uint8Array) {
    body.used = true;
    return { whole: source, open: null, length: source.length, isReplayable: true };
  }
  if (isBlob(source)) {
    body.used = true;
    return blobUpload(source);
  }
  const length = (source as BodyProvider).length ?? -1;
  const stream = body.toStream();
  return { whole: undefined, open: () => stream, length, isReplayable: false };
}

function blobUpload(blob: Blob): Upload {
  const bytes = blobBytesInMemory(blob);
  if (bytes !== null) {
    return { whole: bytes, open: null, length: bytes.length, isReplayable: true };
  }
  const { size } = blob;
  return { whole: undefined, open: () => blob.stream(), length: Number.isFinite(size) ? size : -1, isReplayable: true };
}

/** One sending of a stream. */
export class Pump {
  readonly #id: number;
  readonly #reader: ReadableStreamDefaultReader;
  #first: ReadableStreamReadResult | null = null;
  /** Why the source failed. */
  error: { reason: unknown } | null = null;

  constructor(id: number, stream: ReadableStream) {
    this.#id = id;
    this.#reader = stream.getReader() as ReadableStreamDefaultReader;
  }

  /** Reads the first piece, so that a file that does not exist fails before anything is sent. */
  async start(): Promise<void> {
    this.#first = (await this.#reader.read()) as ReadableStreamReadResult;
  }

  /** Sends until the source ends or nobody takes more. Never rejects. */
  async run(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = this.#first ?? ((await this.#reader.read()) as ReadableStreamReadResult);
        this.#first = null;
        if (done) {
          finish(this.#id, true);
          return;
        }
        const waiting = write(this.#id, piece(value)) as number;
        if (waiting < 0 || (waiting >= HIGH_WATER && !(await (room(this.#id) as Promise<boolean>)))) {
          this.stop(undefined);
          return;
        }
      }
    } catch (reason) {
      this.error = { reason };
      finish(this.#id, false);
      this.stop(reason);
    }
  }

  /** Tells the source that nobody takes more. */
  stop(reason: unknown): void {
    this.#reader.cancel(reason).catch(() => undefined);
  }
}

type ReadableStreamReadResult = { done: boolean; value: unknown };

function piece(value: unknown): string | Uint8Array {
  if (typeof value === "string" || value instanceof Uint8Array) {
    return value;
  }
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (value instanceof ArrayBuffer) {
    return new Uint8Array(value);
  }
  throw argumentFailure("ERR_INVALID_ARG_TYPE", "A body's stream must give strings, ArrayBuffers or views of them");
}
