// The internal slots of readable streams and readers, and the standard's abstract operations on them.
// Controllers are known by their interface only; the public classes are in readable.ts and readers.ts.

import { ensureRejected, markHandled, newDeferred, rejectedDeferred, resolvedDeferred } from "crust:web/streams/deferred";
import type { Deferred } from "crust:web/streams/deferred";

export interface ReadRequest {
  chunk(value: unknown): void;
  close(): void;
  error(reason: unknown): void;
}

export interface ReadIntoRequest {
  chunk(view: ArrayBufferView): void;
  close(view: ArrayBufferView | undefined): void;
  error(reason: unknown): void;
}

/** The internal methods of a controller. */
export interface ReadableController {
  readonly isByte: boolean;
  cancelSteps(reason: unknown): Promise<unknown>;
  pullSteps(request: ReadRequest): void;
  releaseSteps(): void;
}

export class ReadableState {
  state: "readable" | "closed" | "errored" = "readable";
  disturbed = false;
  reader: ReaderState | null = null;
  storedError: unknown = undefined;
  controller: ReadableController = UNSET;
  /** Settles with the stream, whoever reads it; made when somebody watches (internal_state.ts). */
  watch: Deferred<undefined> | null = null;
  /** For streams that would give data for ever, piece by piece: tells the source that one go is all. */
  endAfterPull: (() => void) | null = null;
  /** The ReadableStream object users see, once there is one. */
  wrapper: object | null = null;
}

// Stands in until the constructor has set the controller up; it is never called.
const UNSET: ReadableController = {
  isByte: false,
  cancelSteps: () => Promise.resolve(),
  pullSteps: () => undefined,
  releaseSteps: () => undefined,
};

export class ReaderState {
  stream: ReadableState | null;
  closed: Deferred<undefined>;
  readonly isByob: boolean;
  readRequests: ReadRequest[] = [];
  readIntoRequests: ReadIntoRequest[] = [];

  constructor(stream: ReadableState, isByob: boolean) {
    if (stream.reader !== null) {
      throw lockedError();
    }
    this.stream = stream;
    this.isByob = isByob;
    stream.reader = this;
    if (stream.state === "readable") {
      this.closed = newDeferred();
    } else {
      this.closed = stream.state === "closed" ? resolvedDeferred() : rejectedDeferred(stream.storedError);
    }
  }
}

function stateError(message: string): TypeError {
  const error = new TypeError(`Invalid state: ${message}`) as TypeError & { code: string };
  error.code = "ERR_INVALID_STATE";
  return error;
}

export function lockedError(): TypeError {
  return stateError("ReadableStream is locked");
}

export function releasedError(): TypeError {
  return stateError("The reader has been released");
}

export { stateError };

export function numberOfReadRequests(stream: ReadableState): number {
  return stream.reader === null ? 0 : stream.reader.readRequests.length;
}

export function hasDefaultReader(stream: ReadableState): boolean {
  return stream.reader !== null && !stream.reader.isByob;
}

export function hasByobReader(stream: ReadableState): boolean {
  return stream.reader !== null && stream.reader.isByob;
}

export function closeStream(stream: ReadableState): void {
  stream.state = "closed";
  stream.watch?.resolve(undefined);
  const reader = stream.reader;
  if (reader !== null) {
    reader.closed.resolve(undefined);
    if (!reader.isByob) {
      const requests = reader.readRequests;
      reader.readRequests = [];
      for (const request of requests) {
        request.close();
      }
    }
  }
}

export function errorStream(stream: ReadableState, reason: unknown): void {
  stream.state = "errored";
  stream.storedError = reason;
  stream.watch?.reject(reason);
  const reader = stream.reader;
  if (reader !== null) {
    markHandled(reader.closed.promise);
    reader.closed.reject(reason);
    errorRequests(reader, reason);
  }
}

function errorRequests(reader: ReaderState, reason: unknown): void {
  const requests = [...reader.readRequests, ...reader.readIntoRequests];
  reader.readRequests = [];
  reader.readIntoRequests = [];
  for (const request of requests) {
    request.error(reason);
  }
}

export function cancelStream(stream: ReadableState, reason: unknown): Promise<undefined> {
  stream.disturbed = true;
  if (stream.state === "closed") {
    return Promise.resolve(undefined);
  }
  if (stream.state === "errored") {
    return Promise.reject(stream.storedError);
  }
  closeStream(stream);
  const reader = stream.reader;
  if (reader !== null && reader.isByob) {
    const requests = reader.readIntoRequests;
    reader.readIntoRequests = [];
    for (const request of requests) {
      request.close(undefined);
    }
  }
  return stream.controller.cancelSteps(reason).then(() => undefined);
}

/** "ReadableStreamDefaultReaderRead". */
export function readChunk(reader: ReaderState, request: ReadRequest): void {
  const stream = reader.stream as ReadableState;
  stream.disturbed = true;
  if (stream.state === "closed") {
    request.close();
  } else if (stream.state === "errored") {
    request.error(stream.storedError);
  } else {
    stream.controller.pullSteps(request);
  }
}

export function cancelReader(reader: ReaderState, reason: unknown): Promise<undefined> {
  return cancelStream(reader.stream as ReadableState, reason);
}

/** Releases a reader of either kind; its pending reads fail. */
export function releaseReader(reader: ReaderState): void {
  const stream = reader.stream;
  if (stream === null) {
    return;
  }
  const error = releasedError();
  reader.closed = ensureRejected(reader.closed, error);
  stream.controller.releaseSteps();
  stream.reader = null;
  reader.stream = null;
  errorRequests(reader, error);
}
