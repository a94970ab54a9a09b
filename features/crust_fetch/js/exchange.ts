// One exchange with a server: the head of the response by one native call, the body as it is read, and the ways in
// which it ends early: an abort signal, a time limit, a source that fails, a response that nobody reads.

import { cancel, read, readAll, readText, send } from "crust:ops/fetch";
import { addAbortAlgorithm, releaseSignal } from "crust:web/abort";
import type { AbortSignal } from "crust:web/abort";
import type { BodyProvider } from "crust:web/body";
import { ReadableStream } from "crust:web/streams/readable";
import type { ReadableByteStreamController } from "crust:web/streams/byte_controller_classes";
import { fromNative, timeoutFailure } from "crust:fetch/failure";
import { Pump } from "crust:fetch/upload";
import type { Upload } from "crust:fetch/upload";

// Bits of the native call.
const KEEP = 1;
const DECODE = 2;
const TIME_OUT = 4;
const WHOLE = -2;

let nextId = 1;
// An exchange whose response nobody read is ended when the response is collected.
const unread = new FinalizationRegistry<{ id: number; ending: Ending }>(({ id, ending }) => {
  cancel(id);
  ending.finish();
});

/** Ends all exchanges of one fetch when its signal is aborted or its time is over. */
export class Ending {
  readonly #signal: AbortSignal | null;
  readonly #isOwnSignal: boolean;
  #stopFollowing: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #cause: { reason: unknown } | null = null;
  #current: ((reason: unknown) => void) | null = null;

  /** `isOwnSignal`: no program can reach the signal, so it is released in the end. */
  constructor(signal: AbortSignal | null, isOwnSignal: boolean, timeout: number | undefined) {
    this.#signal = signal;
    this.#isOwnSignal = isOwnSignal;
    if (signal !== null) {
      signal.throwIfAborted();
      this.#stopFollowing = addAbortAlgorithm(signal, () => this.#end(signal.reason));
    }
    if (timeout !== undefined && timeout > 0) {
      this.#timer = setTimeout(() => this.#end(timeoutFailure()), timeout);
    }
  }

  #end(reason: unknown): void {
    this.#cause = { reason };
    this.#current?.(reason);
    this.finish();
  }

  /** Says what to do when the fetch is ended; it replaces what was said before. */
  watch(end: (reason: unknown) => void): void {
    this.check();
    this.#current = end;
  }

  /** Throws when the fetch was ended. */
  check(): void {
    if (this.#cause !== null) {
      throw this.#cause.reason;
    }
  }

  /** The error that the program gets in place of the one that ending early caused. */
  explain(error: unknown): unknown {
    return this.#cause === null ? fromNative(error) : this.#cause.reason;
  }

  /** Everything was read, or nothing more will be. */
  finish(): void {
    this.#stopFollowing?.();
    this.#stopFollowing = null;
    this.#current = null;
    clearTimeout(this.#timer);
    if (this.#isOwnSignal && this.#signal !== null && !this.#signal.aborted) {
      releaseSignal(this.#signal);
    }
  }
}

export interface Outline {
  method: string;
  /** Without credentials and fragment. */
  url: string;
  /** Names and values, each followed by NUL. */
  fields: string;
  /** JSON for the connection, or empty. */
  connection: string;
  upload: Upload;
  keep: boolean;
  decode: boolean;
  timeOut: boolean;
}

/** The head of a response and what came along. */
export interface Head {
  status: number;
  reason: string;
  /** Names and values in turn, names in lower case. */
  list: string[];
  /** The body if it is all there, else the provider that reads the rest. */
  body: string | Uint8Array | WireBody;
}

/** Sends a request and gives the head of its response. */
export async function exchange(outline: Outline, ending: Ending): Promise<Head> {
  const id = nextId++;
  const { upload } = outline;
  const pump = upload.open === null ? null : new Pump(id, upload.open());
  ending.watch((reason) => {
    cancel(id);
    pump?.stop(reason);
  });
  const flags = (outline.keep ? KEEP : 0) | (outline.decode ? DECODE : 0) | (outline.timeOut ? TIME_OUT : 0);
  try {
    // Other streams may wait for the head of the response before they give anything.
    if (pump !== null && upload.isReplayable) {
      await pump.start();
      ending.check();
    }
    const answer = send(id, flags, outline.method, outline.url, outline.fields, outline.connection, pump === null ? WHOLE : upload.length, upload.whole) as Promise<string | [string, Uint8Array, boolean]>;
    void pump?.run();
    return readAnswer(id, await answer, ending);
  } catch (error) {
    cancel(id);
    pump?.stop(error);
    throw pump?.error == null ? ending.explain(error) : pump.error.reason;
  }
}

function readAnswer(id: number, answer: string | [string, Uint8Array, boolean], ending: Ending): Head {
  const text = typeof answer === "string" ? answer : answer[0];
  const start = text.indexOf("\0") + 1;
  const end = start + Number(text.slice(0, start - 1));
  const list = text.slice(start, end).split("\0");
  const status = Number(list[0]);
  const reason = list[1] as string;
  // What follows the last NUL is empty.
  list.splice(0, 2);
  list.length -= list.length % 2;
  if (typeof answer === "string") {
    cancel(id);
    return { status, reason, list, body: text.slice(end) };
  }
  if (answer[2]) {
    cancel(id);
    return { status, reason, list, body: answer[1] };
  }
  return { status, reason, list, body: new WireBody(id, answer[1], ending) };
}

/** A body that is still on the wire. */
export class WireBody implements BodyProvider {
  readonly #id: number;
  readonly #ending: Ending;
  #first: Uint8Array;

  constructor(id: number, first: Uint8Array, ending: Ending) {
    this.#id = id;
    this.#first = first;
    this.#ending = ending;
    unread.register(this, { id, ending }, this);
  }

  /** Ends this exchange, while the fetch goes on with another. */
  abandon(): void {
    unread.unregister(this);
    cancel(this.#id);
  }

  /** Ends the exchange; nothing more is read. */
  close(): void {
    unread.unregister(this);
    cancel(this.#id);
    this.#ending.finish();
  }

  async #settle<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      this.close();
      throw this.#ending.explain(error);
    }
  }

  async bytes(): Promise<Uint8Array> {
    const rest = await this.#settle(this.#start(() => readAll(this.#id) as Promise<Uint8Array>));
    this.close();
    const first = this.#first;
    if (first.length === 0) {
      return rest;
    }
    const all = new Uint8Array(first.length + rest.length);
    all.set(first);
    all.set(rest, first.length);
    return all;
  }

  async text(): Promise<string> {
    const text = await this.#settle(this.#start(() => readText(this.#id, this.#first) as Promise<string>));
    this.close();
    return text;
  }

  // The native side throws for an exchange that was ended; the program gets the reason of that.
  async #start<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  stream(): ReadableStream {
    const id = this.#id;
    let controller: ReadableByteStreamController | undefined;
    const stream = new ReadableStream({
      type: "bytes",
      start: (given: ReadableByteStreamController) => {
        controller = given;
      },
      pull: async (target: ReadableByteStreamController) => {
        const chunk = this.#first.length > 0 ? this.#first : await this.#settle(this.#start(() => read(id) as Promise<Uint8Array | null>));
        if (chunk === null) {
          this.close();
          target.close();
          target.byobRequest?.respond(0);
          return;
        }
        this.#first = new Uint8Array(0);
        target.enqueue(chunk);
      },
      cancel: () => this.close(),
    });
    try {
      this.#ending.watch((reason) => {
        cancel(id);
        controller?.error(reason);
      });
    } catch (reason) {
      controller?.error(reason);
    }
    return stream;
  }
}
