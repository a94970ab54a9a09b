// Transferring streams: "SetUpCrossRealmTransformReadable" and "…Writable" over a pair of message ports, and the
// transfer steps of the three classes. The ports never keep the process alive: whoever feeds the stream does.

import { DOMException } from "crust:web/dom_exception";
import type { MessageEvent } from "crust:web/event_types";
import { MessageChannel } from "crust:web/message_channel";
import type { MessagePort } from "crust:web/message_channel";
import { markHandled, newDeferred, resolvedDeferred } from "crust:web/streams/deferred";
import { pipeStreams } from "crust:web/streams/pipe";
import { createReadable, isReadableStream, readableState, wrapReadable } from "crust:web/streams/readable";
import type { ReadableStream } from "crust:web/streams/readable";
import type { ReadableState } from "crust:web/streams/readable_state";
import { isTransformStream, wrapTransform } from "crust:web/streams/transform";
import type { TransformStream } from "crust:web/streams/transform";
import { createWritable, isWritableStream, writableState, wrapWritable } from "crust:web/streams/writable";
import type { WritableStream } from "crust:web/streams/writable";
import type { WritableState } from "crust:web/streams/writable_state";

const PIPE_ALL = { preventAbort: false, preventCancel: false, preventClose: false };

type MessageType = "chunk" | "close" | "error" | "pull";

/** Sends; a value that cannot be cloned tells the other side so and is the caller's error. */
function send(port: MessagePort, type: MessageType, value: unknown): void {
  try {
    port.postMessage({ type, value });
  } catch (error) {
    port.postMessage({ type: "error", value: error });
    throw error;
  }
}

function listen(port: MessagePort, receive: (type: MessageType, value: unknown) => void): void {
  port.unref();
  port.onmessage = (event) => {
    const { type, value } = (event as MessageEvent).data as { type: MessageType; value: unknown };
    receive(type, value);
  };
}

/** Sends the last message of a side. */
function sendLast(port: MessagePort, type: MessageType, value: unknown): Promise<undefined> {
  try {
    send(port, type, value);
    return Promise.resolve(undefined);
  } catch (error) {
    return Promise.reject(error as Error);
  } finally {
    port.close();
  }
}

function readableOver(port: MessagePort): ReadableState {
  const { state, controller } = createReadable(
    {
      start: () => undefined,
      pull: () => {
        send(port, "pull", undefined);
        return Promise.resolve();
      },
      cancel: (reason) => sendLast(port, "error", reason),
    },
    0,
  );
  listen(port, (type, value) => {
    if (type === "chunk") {
      controller.enqueue(value);
    } else {
      if (type === "close") {
        controller.close();
      } else {
        controller.error(value);
      }
      port.close();
    }
  });
  return state;
}

function writableOver(port: MessagePort): WritableState {
  // Pending until the reading side asks for a chunk.
  let demand = newDeferred();
  const state: WritableState = createWritable(
    {
      start: () => undefined,
      write: (chunk) =>
        demand.promise.then(() => {
          demand = newDeferred();
          try {
            send(port, "chunk", chunk);
          } catch (error) {
            port.close();
            throw error;
          }
        }),
      close: () => sendLast(port, "close", undefined),
      abort: (reason) => sendLast(port, "error", reason),
    },
    1,
    null,
  );
  listen(port, (type, value) => {
    if (type === "error") {
      state.controller?.error(value);
    }
    if (demand.pending) {
      demand.resolve(undefined);
    } else {
      demand = resolvedDeferred();
    }
  });
  return state;
}

function refuse(what: string): never {
  throw new DOMException(`${what} could not be transferred.`, "DataCloneError");
}

function pipe(from: ReadableState, to: WritableState): void {
  markHandled(pipeStreams(from, to, PIPE_ALL));
}

export function transferReadable(stream: ReadableStream): ReadableStream {
  if (!isReadableStream(stream) || stream.locked) {
    refuse("A locked ReadableStream");
  }
  const { port1, port2 } = new MessageChannel();
  pipe(readableState(stream), writableOver(port1));
  return wrapReadable(readableOver(port2));
}

export function transferWritable(stream: WritableStream): WritableStream {
  if (!isWritableStream(stream) || stream.locked) {
    refuse("A locked WritableStream");
  }
  const { port1, port2 } = new MessageChannel();
  pipe(readableOver(port1), writableState(stream));
  return wrapWritable(writableOver(port2));
}

export function transferTransform(stream: TransformStream): TransformStream {
  if (!isTransformStream(stream) || stream.readable.locked || stream.writable.locked) {
    refuse("A TransformStream with a locked side");
  }
  const readable = transferReadable(stream.readable);
  const writable = transferWritable(stream.writable);
  return wrapTransform(readableState(readable), writableState(writable));
}
