// Bun's `new ReadableStream({ type: "direct" })`: the source writes text and bytes into a sink, which joins what was
// written in one go to one chunk. It never tells the source of back-pressure: the source is asked when someone reads.

import { encodeUtf8 } from "crust:web/encoding";
import { promiseCall } from "crust:web/streams/deferred";
import { DefaultController } from "crust:web/streams/default_controller";
import type { UnderlyingSource } from "crust:web/streams/default_controller";
import type { SourceAlgorithms } from "crust:web/streams/pulling_controller";
import type { ReadableState } from "crust:web/streams/readable_state";
import { clearImmediate, setImmediate } from "crust:web/timers";
import { bytesOf, codedTypeError, isBufferSource } from "crust:web/webidl";

/** The sink a direct source gets. */
export interface DirectController {
  /** Answers how many bytes were taken; none once the stream has ended. */
  write(chunk: unknown): number;
  end(): void;
  close(error?: unknown): void;
  flush(): void;
  error(error: unknown): void;
}

class DirectSource implements SourceAlgorithms {
  readonly #object: unknown;
  readonly #members: UnderlyingSource;
  readonly #stream: DefaultController;
  readonly #sink: DirectController;
  #pending: Uint8Array[] = [];
  #flushing: ReturnType<typeof setImmediate> | null = null;
  #ended = false;
  #endsAfterPull = false;

  constructor(stream: ReadableState, object: unknown, members: UnderlyingSource) {
    this.#object = object;
    this.#members = members;
    this.#stream = new DefaultController(stream, this, 0, null);
    this.#sink = Object.assign(Object.create(null) as object, {
      write: (chunk: unknown) => this.#write(chunk),
      end: () => this.#end(),
      close: (error?: unknown) => (error === undefined ? this.#end() : this.#fail(error)),
      flush: () => this.#flush(),
      error: (error: unknown) => this.#fail(error),
    });
    stream.endAfterPull = () => {
      this.#endsAfterPull = true;
    };
    this.#stream.start();
  }

  start(): undefined {}

  pull(): Promise<unknown> {
    const { pull } = this.#members;
    if (pull === undefined) {
      return Promise.reject(new TypeError("underlyingSource.pull is not a function"));
    }
    return promiseCall(() => Reflect.apply(pull, this.#object, [this.#sink])).then(
      () => this.#pulled(),
      (error: unknown) => this.#fail(error),
    );
  }

  #pulled(): Promise<void> | undefined {
    if (this.#endsAfterPull) {
      this.#end();
    }
    this.#flush();
    // A source that is asked again and again must not keep the loop from turning.
    return this.#ended ? undefined : new Promise((resolve) => setImmediate(resolve as () => void));
  }

  cancel(reason: unknown): Promise<unknown> {
    this.#stop();
    const { cancel } = this.#members;
    return cancel === undefined ? Promise.resolve() : promiseCall(() => Reflect.apply(cancel, this.#object, [reason]));
  }

  #write(chunk: unknown): number {
    if (typeof chunk !== "string" && !isBufferSource(chunk)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", "write() expects a string, ArrayBufferView, or ArrayBuffer");
    }
    if (this.#ended) {
      return 0;
    }
    // The source may use its buffer again as soon as this returns.
    const bytes = typeof chunk === "string" ? encodeUtf8(chunk) : bytesOf(chunk).slice();
    if (bytes.length > 0) {
      this.#pending.push(bytes);
      // What a source forgets to flush is delivered when it lets the loop turn.
      this.#flushing ??= setImmediate(() => this.#flush());
    }
    return bytes.length;
  }

  #flush(): void {
    const pending = this.#pending;
    this.#cancelFlush();
    if (pending.length > 0) {
      this.#pending = [];
      this.#stream.enqueue(pending.length === 1 ? pending[0] : join(pending));
    }
  }

  #end(): void {
    if (!this.#ended) {
      this.#flush();
      this.#stop();
      this.#stream.close();
    }
  }

  #fail(error: unknown): void {
    this.#stop();
    this.#stream.error(error);
  }

  #stop(): void {
    this.#ended = true;
    this.#pending = [];
    this.#cancelFlush();
  }

  #cancelFlush(): void {
    if (this.#flushing !== null) {
      clearImmediate(this.#flushing);
      this.#flushing = null;
    }
  }
}

function join(pieces: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}

/** Sets a stream up from a user's direct source. */
export function setUpDirect(stream: ReadableState, object: unknown, members: UnderlyingSource): void {
  // It lives on as the algorithms of the stream's controller.
  void new DirectSource(stream, object, members);
}
