// What the controllers of both kinds of readable streams share: starting the source, and asking it for more while
// there is room or somebody waits. The queues, and what closing means, are the subclasses'.

import { resolvedWith } from "crust:web/streams/deferred";
import type { ReadableState } from "crust:web/streams/readable_state";

/** What fills a stream. */
export interface SourceAlgorithms {
  start(): unknown;
  pull(): Promise<unknown>;
  cancel(reason: unknown): Promise<unknown>;
}

export abstract class PullingController {
  readonly stream: ReadableState;
  /** Null when the source is not to be asked any more. */
  protected source: SourceAlgorithms | null;
  protected closeRequested = false;
  readonly #highWaterMark: number;
  #started = false;
  #pulling = false;
  #pullAgain = false;
  // The reactions to a pull, made once.
  #onPulled: (() => void) | null = null;
  #onPullFailed: ((reason: unknown) => void) | null = null;

  constructor(stream: ReadableState, source: SourceAlgorithms, highWaterMark: number) {
    this.stream = stream;
    this.source = source;
    this.#highWaterMark = highWaterMark;
  }

  /** The size of what is queued. */
  protected abstract get queuedSize(): number;

  abstract error(reason: unknown): void;

  /** Runs the start algorithm; what it throws goes to the constructor's caller. */
  start(): void {
    const result = (this.source as SourceAlgorithms).start();
    resolvedWith(result).then(
      () => {
        this.#started = true;
        this.callPullIfNeeded();
      },
      (reason: unknown) => this.error(reason),
    );
  }

  get desiredSize(): number | null {
    if (this.stream.state === "errored") {
      return null;
    }
    return this.stream.state === "closed" ? 0 : this.#highWaterMark - this.queuedSize;
  }

  get canCloseOrEnqueue(): boolean {
    return !this.closeRequested && this.stream.state === "readable";
  }

  protected shouldPull(): boolean {
    if (!this.canCloseOrEnqueue || !this.#started) {
      return false;
    }
    const reader = this.stream.reader;
    return (reader !== null && (reader.readRequests.length > 0 || reader.readIntoRequests.length > 0)) || (this.desiredSize as number) > 0;
  }

  #pulled(): void {
    this.#pulling = false;
    if (this.#pullAgain) {
      this.#pullAgain = false;
      this.callPullIfNeeded();
    }
  }

  callPullIfNeeded(): void {
    if (!this.shouldPull()) {
      return;
    }
    if (this.#pulling) {
      this.#pullAgain = true;
      return;
    }
    this.#pulling = true;
    this.#onPulled ??= () => this.#pulled();
    this.#onPullFailed ??= (reason) => this.error(reason);
    (this.source as SourceAlgorithms).pull().then(this.#onPulled, this.#onPullFailed);
  }
}
