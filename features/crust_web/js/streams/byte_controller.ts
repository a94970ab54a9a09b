// The controller of readable byte streams: a queue of byte ranges and the pull-into descriptors of BYOB reads.
// Its public faces, ReadableByteStreamController and ReadableStreamBYOBRequest, are in byte_controller_classes.ts.

import { closeStream, errorStream, hasByobReader, hasDefaultReader, numberOfReadRequests, stateError } from "crust:web/streams/readable_state";
import type { ReadableController, ReadableState, ReadIntoRequest, ReadRequest } from "crust:web/streams/readable_state";
import { PullingController } from "crust:web/streams/pulling_controller";
import type { SourceAlgorithms } from "crust:web/streams/pulling_controller";

type ViewConstructor = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView;

interface TransferableBuffer extends ArrayBuffer {
  readonly detached: boolean;
  transfer(): ArrayBuffer;
}

/** Detaches a buffer and gives its bytes to a new one. */
export function transferBuffer(buffer: ArrayBufferLike): ArrayBuffer {
  return (buffer as TransferableBuffer).transfer();
}

export function isDetached(buffer: ArrayBufferLike): boolean {
  return (buffer as TransferableBuffer).detached;
}

export interface PullIntoDescriptor {
  buffer: ArrayBuffer;
  readonly bufferByteLength: number;
  readonly byteOffset: number;
  readonly byteLength: number;
  bytesFilled: number;
  readonly minimumFill: number;
  readonly elementSize: number;
  readonly viewConstructor: ViewConstructor;
  readerType: "default" | "byob" | "none";
}

interface ByteRange {
  readonly buffer: ArrayBuffer;
  byteOffset: number;
  byteLength: number;
}

/** The BYOB request object handed to the source, cut off when it is no longer valid. */
export interface ByobRequestHandle {
  invalidate(): void;
}

export class ByteController extends PullingController implements ReadableController {
  readonly isByte = true;
  pendingPullIntos: PullIntoDescriptor[] = [];
  byobRequest: ByobRequestHandle | null = null;
  #queue: ByteRange[] = [];
  #queueSize = 0;
  readonly #autoAllocateChunkSize: number | undefined;

  constructor(stream: ReadableState, source: SourceAlgorithms, highWaterMark: number, autoAllocateChunkSize: number | undefined) {
    super(stream, source, highWaterMark);
    this.#autoAllocateChunkSize = autoAllocateChunkSize;
    stream.controller = this;
  }

  protected get queuedSize(): number {
    return this.#queueSize;
  }

  invalidateByobRequest(): void {
    this.byobRequest?.invalidate();
    this.byobRequest = null;
  }

  #closeNow(): void {
    this.source = null;
    closeStream(this.stream);
  }

  close(): void {
    if (!this.canCloseOrEnqueue) {
      return;
    }
    if (this.#queueSize > 0) {
      this.closeRequested = true;
      return;
    }
    const first = this.pendingPullIntos[0];
    if (first !== undefined && first.bytesFilled % first.elementSize !== 0) {
      const error = new TypeError("A byte stream was closed in the middle of an element of the view that is being filled");
      this.error(error);
      throw error;
    }
    this.#closeNow();
  }

  error(reason: unknown): void {
    if (this.stream.state !== "readable") {
      return;
    }
    this.#clear();
    this.source = null;
    errorStream(this.stream, reason);
  }

  #clear(): void {
    this.invalidateByobRequest();
    this.pendingPullIntos = [];
    this.#queue = [];
    this.#queueSize = 0;
  }

  enqueue(chunk: ArrayBufferView): void {
    if (!this.canCloseOrEnqueue) {
      return;
    }
    const { buffer, byteOffset, byteLength } = chunk;
    if (isDetached(buffer)) {
      throw stateError("The buffer of the chunk is detached");
    }
    const first = this.pendingPullIntos[0];
    if (first !== undefined && isDetached(first.buffer)) {
      throw stateError("The buffer of the BYOB request is detached");
    }
    const transferred = transferBuffer(buffer);
    if (first !== undefined) {
      this.invalidateByobRequest();
      first.buffer = transferBuffer(first.buffer);
      if (first.readerType === "none") {
        this.#queueDetached(first);
      }
    }
    if (hasDefaultReader(this.stream)) {
      this.#enqueueForDefaultReader(transferred, byteOffset, byteLength);
    } else {
      this.#push(transferred, byteOffset, byteLength);
      if (hasByobReader(this.stream)) {
        this.#commitAll(this.#fillDescriptors());
      }
    }
    this.callPullIfNeeded();
  }

  #enqueueForDefaultReader(buffer: ArrayBuffer, byteOffset: number, byteLength: number): void {
    const requests = this.stream.reader?.readRequests as ReadRequest[];
    while (requests.length > 0 && this.#queueSize > 0) {
      this.#fillReadRequest(requests.shift() as ReadRequest);
    }
    if (numberOfReadRequests(this.stream) === 0) {
      this.#push(buffer, byteOffset, byteLength);
      return;
    }
    this.pendingPullIntos.shift();
    this.stream.reader?.readRequests.shift()?.chunk(new Uint8Array(buffer, byteOffset, byteLength));
  }

  #push(buffer: ArrayBuffer, byteOffset: number, byteLength: number): void {
    this.#queue.push({ buffer, byteOffset, byteLength });
    this.#queueSize += byteLength;
  }

  #pushCopy(buffer: ArrayBuffer, byteOffset: number, byteLength: number): void {
    let copy: ArrayBuffer;
    try {
      copy = buffer.slice(byteOffset, byteOffset + byteLength);
    } catch (error) {
      this.error(error);
      throw error;
    }
    this.#push(copy, 0, byteLength);
  }

  #queueDetached(descriptor: PullIntoDescriptor): void {
    if (descriptor.bytesFilled > 0) {
      this.#pushCopy(descriptor.buffer, descriptor.byteOffset, descriptor.bytesFilled);
    }
    this.#shiftPending();
  }

  #shiftPending(): PullIntoDescriptor {
    this.invalidateByobRequest();
    return this.pendingPullIntos.shift() as PullIntoDescriptor;
  }

  #commitAll(descriptors: PullIntoDescriptor[]): void {
    for (const descriptor of descriptors) {
      this.#commit(descriptor);
    }
  }

  #commit(descriptor: PullIntoDescriptor): void {
    const reader = this.stream.reader;
    const done = this.stream.state === "closed";
    const view = filledView(descriptor);
    if (descriptor.readerType === "default") {
      const request = reader?.readRequests.shift();
      if (done) {
        request?.close();
      } else {
        request?.chunk(view);
      }
    } else {
      const request = reader?.readIntoRequests.shift();
      if (done) {
        request?.close(view);
      } else {
        request?.chunk(view);
      }
    }
  }

  /** Fills pending descriptors from the queue; the filled ones are returned, to be committed by the caller. */
  #fillDescriptors(): PullIntoDescriptor[] {
    const filled: PullIntoDescriptor[] = [];
    while (this.pendingPullIntos.length > 0 && this.#queueSize > 0) {
      if (!this.#fillFromQueue(this.pendingPullIntos[0] as PullIntoDescriptor)) {
        break;
      }
      filled.push(this.#shiftPending());
    }
    return filled;
  }

  /** Copies queued bytes; true once the minimum is reached. Whole elements only, once it is. */
  #fillFromQueue(descriptor: PullIntoDescriptor): boolean {
    const available = Math.min(this.#queueSize, descriptor.byteLength - descriptor.bytesFilled);
    const wouldBeFilled = descriptor.bytesFilled + available;
    const aligned = wouldBeFilled - (wouldBeFilled % descriptor.elementSize);
    const ready = aligned >= descriptor.minimumFill;
    let remaining = ready ? aligned - descriptor.bytesFilled : available;
    while (remaining > 0) {
      const head = this.#queue[0] as ByteRange;
      const count = Math.min(remaining, head.byteLength);
      const target = new Uint8Array(descriptor.buffer, descriptor.byteOffset + descriptor.bytesFilled, count);
      target.set(new Uint8Array(head.buffer, head.byteOffset, count));
      if (head.byteLength === count) {
        this.#queue.shift();
      } else {
        head.byteOffset += count;
        head.byteLength -= count;
      }
      this.#queueSize -= count;
      descriptor.bytesFilled += count;
      remaining -= count;
    }
    return ready;
  }

  #fillReadRequest(request: ReadRequest): void {
    const entry = this.#queue.shift() as ByteRange;
    this.#queueSize -= entry.byteLength;
    this.#handleDrain();
    request.chunk(new Uint8Array(entry.buffer, entry.byteOffset, entry.byteLength));
  }

  #handleDrain(): void {
    if (this.#queueSize === 0 && this.closeRequested) {
      this.#closeNow();
    } else {
      this.callPullIfNeeded();
    }
  }

  /** A BYOB read: fills `view`, at least `minimum` elements of it. */
  pullInto(view: ArrayBufferView, minimum: number, request: ReadIntoRequest): void {
    const elementSize = view instanceof DataView ? 1 : (view as Uint8Array).BYTES_PER_ELEMENT;
    const viewConstructor = viewConstructorOf(view);
    const { byteOffset, byteLength } = view;
    let buffer: ArrayBuffer;
    try {
      buffer = transferBuffer(view.buffer);
    } catch (error) {
      request.error(error);
      return;
    }
    const descriptor: PullIntoDescriptor = { buffer, bufferByteLength: buffer.byteLength, byteOffset, byteLength, bytesFilled: 0, minimumFill: minimum * elementSize, elementSize, viewConstructor, readerType: "byob" };
    if (this.pendingPullIntos.length > 0) {
      this.#wait(descriptor, request);
      return;
    }
    if (this.stream.state === "closed") {
      request.close(new viewConstructor(buffer, byteOffset, 0));
      return;
    }
    if (this.#queueSize > 0) {
      if (this.#fillFromQueue(descriptor)) {
        const filled = filledView(descriptor);
        this.#handleDrain();
        request.chunk(filled);
        return;
      }
      if (this.closeRequested) {
        const error = new TypeError("The stream ended before the view could be filled with whole elements");
        this.error(error);
        request.error(error);
        return;
      }
    }
    this.#wait(descriptor, request);
    this.callPullIfNeeded();
  }

  #wait(descriptor: PullIntoDescriptor, request: ReadIntoRequest): void {
    this.pendingPullIntos.push(descriptor);
    this.stream.reader?.readIntoRequests.push(request);
  }

  /** The source wrote `count` bytes into the first pending view. */
  respond(count: number): void {
    const first = this.pendingPullIntos[0] as PullIntoDescriptor;
    this.#checkResponse(first, count);
    first.buffer = transferBuffer(first.buffer);
    this.#respond(count);
  }

  /** As `respond`, with the bytes in a view over the same memory, transferred. */
  respondWithNewView(view: ArrayBufferView): void {
    const first = this.pendingPullIntos[0] as PullIntoDescriptor;
    const count = view.byteLength;
    if (this.stream.state === "closed" ? count !== 0 : count === 0) {
      throw stateError("The view of the response has a wrong length");
    }
    if (first.byteOffset + first.bytesFilled !== view.byteOffset || first.bufferByteLength !== view.buffer.byteLength || first.bytesFilled + count > first.byteLength) {
      throw new RangeError("The view does not fit the place of the BYOB request");
    }
    first.buffer = transferBuffer(view.buffer);
    this.#respond(count);
  }

  #checkResponse(first: PullIntoDescriptor, count: number): void {
    if (this.stream.state === "closed") {
      if (count !== 0) {
        throw new TypeError("bytesWritten must be 0 when the stream is closed");
      }
      return;
    }
    if (count === 0) {
      throw new TypeError("bytesWritten must be greater than 0 while the stream is readable");
    }
    if (first.bytesFilled + count > first.byteLength) {
      throw new RangeError("bytesWritten is out of range");
    }
  }

  #respond(count: number): void {
    const first = this.pendingPullIntos[0] as PullIntoDescriptor;
    this.invalidateByobRequest();
    if (this.stream.state === "closed") {
      this.#respondInClosedState(first);
    } else {
      this.#respondInReadableState(count, first);
    }
    this.callPullIfNeeded();
  }

  #respondInClosedState(first: PullIntoDescriptor): void {
    if (first.readerType === "none") {
      this.#shiftPending();
    }
    if (hasByobReader(this.stream)) {
      const filled: PullIntoDescriptor[] = [];
      const waiting = this.stream.reader?.readIntoRequests.length ?? 0;
      for (let index = 0; index < waiting; index++) {
        filled.push(this.#shiftPending());
      }
      this.#commitAll(filled);
    }
  }

  #respondInReadableState(count: number, descriptor: PullIntoDescriptor): void {
    descriptor.bytesFilled += count;
    if (descriptor.readerType === "none") {
      this.#queueDetached(descriptor);
      this.#commitAll(this.#fillDescriptors());
      return;
    }
    if (descriptor.bytesFilled < descriptor.minimumFill) {
      return;
    }
    this.#shiftPending();
    const remainder = descriptor.bytesFilled % descriptor.elementSize;
    if (remainder > 0) {
      const end = descriptor.byteOffset + descriptor.bytesFilled;
      this.#pushCopy(descriptor.buffer, end - remainder, remainder);
    }
    descriptor.bytesFilled -= remainder;
    const filled = this.#fillDescriptors();
    this.#commit(descriptor);
    this.#commitAll(filled);
  }

  cancelSteps(reason: unknown): Promise<unknown> {
    const source = this.source;
    this.#clear();
    const result = source === null ? Promise.resolve() : source.cancel(reason);
    this.source = null;
    return result;
  }

  pullSteps(request: ReadRequest): void {
    if (this.#queueSize > 0) {
      this.#fillReadRequest(request);
      return;
    }
    const size = this.#autoAllocateChunkSize;
    if (size !== undefined) {
      let buffer: ArrayBuffer;
      try {
        buffer = new ArrayBuffer(size);
      } catch (error) {
        request.error(error);
        return;
      }
      this.pendingPullIntos.push({ buffer, bufferByteLength: size, byteOffset: 0, byteLength: size, bytesFilled: 0, minimumFill: 1, elementSize: 1, viewConstructor: Uint8Array as unknown as ViewConstructor, readerType: "default" });
    }
    this.stream.reader?.readRequests.push(request);
    this.callPullIfNeeded();
  }

  releaseSteps(): void {
    const first = this.pendingPullIntos[0];
    if (first !== undefined) {
      first.readerType = "none";
      this.pendingPullIntos = [first];
    }
  }
}

function filledView(descriptor: PullIntoDescriptor): ArrayBufferView {
  return new descriptor.viewConstructor(transferBuffer(descriptor.buffer), descriptor.byteOffset, descriptor.bytesFilled / descriptor.elementSize);
}

const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get as () => string;

// A subclass such as Node's Buffer comes back as the plain typed array, as the standard says.
function viewConstructorOf(view: ArrayBufferView): ViewConstructor {
  const name = view instanceof DataView ? "DataView" : (Reflect.apply(typedArrayName, view, []) as string);
  return (globalThis as unknown as Record<string, ViewConstructor>)[name] as ViewConstructor;
}
