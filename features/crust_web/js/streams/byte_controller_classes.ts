// ReadableByteStreamController and ReadableStreamBYOBRequest, the objects a byte source works with.

import { ByteController, isDetached } from "crust:web/streams/byte_controller";
import type { PullIntoDescriptor } from "crust:web/streams/byte_controller";
import { userAlgorithms } from "crust:web/streams/default_controller";
import type { UnderlyingSource } from "crust:web/streams/default_controller";
import { stateError } from "crust:web/streams/readable_state";
import type { ReadableState } from "crust:web/streams/readable_state";
import { codedTypeError, defineInterface, defineLengths, describe, requireArguments, toEnforcedUnsignedLongLong } from "crust:web/webidl";

const CREATE = Symbol("create byte stream object");

function requireView(value: unknown, what: string): ArrayBufferView {
  if (!ArrayBuffer.isView(value)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "${what}" argument must be an instance of Buffer, TypedArray, or DataView. Received ${describe(value)}`);
  }
  return value;
}

export class ReadableStreamBYOBRequest {
  #controller: ByteController | null;
  #view: Uint8Array | null;

  constructor(token?: symbol, controller?: ByteController, view?: Uint8Array) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    this.#controller = controller as ByteController;
    this.#view = view as Uint8Array;
    this.#controller.byobRequest = {
      request: this,
      invalidate: () => {
        this.#controller = null;
        this.#view = null;
      },
    } as never;
  }

  get view(): Uint8Array | null {
    return this.#view;
  }

  #usable(): ByteController {
    if (this.#controller === null) {
      throw stateError("This BYOB request has been invalidated");
    }
    return this.#controller;
  }

  respond(bytesWritten: number): void {
    requireArguments(arguments.length, 1);
    const count = toEnforcedUnsignedLongLong(bytesWritten, "bytesWritten");
    const controller = this.#usable();
    if (isDetached((this.#view as Uint8Array).buffer)) {
      throw stateError("The buffer of the BYOB request is detached");
    }
    controller.respond(count);
  }

  respondWithNewView(view: ArrayBufferView): void {
    requireArguments(arguments.length, 1);
    const checked = requireView(view, "view");
    const controller = this.#usable();
    if (isDetached(checked.buffer)) {
      throw stateError("The buffer of the view is detached");
    }
    controller.respondWithNewView(checked);
  }
}
defineInterface(ReadableStreamBYOBRequest, "ReadableStreamBYOBRequest");
defineLengths(ReadableStreamBYOBRequest, { constructor: 0 });

export class ReadableByteStreamController {
  #controller: ByteController;

  constructor(token?: symbol, controller?: ByteController) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    this.#controller = controller as ByteController;
  }

  get byobRequest(): ReadableStreamBYOBRequest | null {
    return byobRequestOf(this.#controller);
  }

  get desiredSize(): number | null {
    return this.#controller.desiredSize;
  }

  close(): void {
    if (!this.#controller.canCloseOrEnqueue) {
      throw stateError("Controller is already closed");
    }
    this.#controller.close();
  }

  enqueue(chunk: ArrayBufferView): void {
    requireArguments(arguments.length, 1);
    const view = requireView(chunk, "chunk");
    if (view.byteLength === 0 || view.buffer.byteLength === 0) {
      throw stateError("A chunk of a byte stream must not be empty");
    }
    if (!this.#controller.canCloseOrEnqueue) {
      throw stateError("Controller is already closed");
    }
    this.#controller.enqueue(view);
  }

  error(reason?: unknown): void {
    this.#controller.error(reason);
  }
}
defineInterface(ReadableByteStreamController, "ReadableByteStreamController");
defineLengths(ReadableByteStreamController, { constructor: 0, error: 0 });

/** The dictionary that makes `new ReadableStream` a byte stream. */
export interface UnderlyingByteSource {
  type: "bytes";
  autoAllocateChunkSize?: number;
  start?: (controller: ReadableByteStreamController) => unknown;
  pull?: (controller: ReadableByteStreamController) => unknown;
  cancel?: (reason: unknown) => unknown;
}

/** The request for the first pending view, made when it is first read. */
export function byobRequestOf(controller: ByteController): ReadableStreamBYOBRequest | null {
  const first: PullIntoDescriptor | undefined = controller.pendingPullIntos[0];
  if (controller.byobRequest === null && first !== undefined) {
    const view = new Uint8Array(first.buffer, first.byteOffset + first.bytesFilled, first.byteLength - first.bytesFilled);
    return new ReadableStreamBYOBRequest(CREATE, controller, view);
  }
  return (controller.byobRequest as unknown as { request: ReadableStreamBYOBRequest } | null)?.request ?? null;
}

/** Sets a byte stream up from a user's source. */
export function setUpByte(stream: ReadableState, object: unknown, source: UnderlyingSource, highWaterMark: number): void {
  const size = source.autoAllocateChunkSize;
  if (size === 0) {
    throw new TypeError("autoAllocateChunkSize must be greater than 0");
  }
  let visible: ReadableByteStreamController | undefined;
  const algorithms = userAlgorithms(object, source, () => (visible ??= new ReadableByteStreamController(CREATE, controller)));
  const controller: ByteController = new ByteController(stream, algorithms, highWaterMark, size);
  controller.start();
}
