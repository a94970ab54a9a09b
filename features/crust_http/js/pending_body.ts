// The body of a request that is still arriving: read whole, or as a stream whose reader sets the pace.

import * as ops from "crust:ops/http";
import type { IncomingRequest } from "crust:http/incoming";
import type { BodyProvider } from "crust:web/body";

type Taken = Uint8Array | null | undefined | false;

export class PendingBody implements BodyProvider {
  readonly #request: IncomingRequest;
  #waiting: (() => void) | undefined;

  constructor(request: IncomingRequest) {
    this.#request = request;
  }

  /** The natives have news: bytes, the end, or that the client is gone. */
  arrived(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  async #take(whole: boolean): Promise<Uint8Array | null> {
    for (;;) {
      const taken = ops.takeBody(this.#request.handle, whole) as Taken;
      if (taken === false) throw new DOMException("The client closed the connection before its request was complete", "AbortError");
      if (taken !== undefined) return taken;
      this.#request.watch();
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  async bytes(): Promise<Uint8Array> {
    return (await this.#take(true)) ?? new Uint8Array(0);
  }

  stream(): ReadableStream {
    return new ReadableStream({
      type: "bytes",
      pull: async (controller: ReadableByteStreamController) => {
        const bytes = await this.#take(false);
        if (bytes !== null) {
          controller.enqueue(bytes as Uint8Array<ArrayBuffer>);
          return;
        }
        controller.close();
        controller.byobRequest?.respond(0);
      },
    });
  }
}
