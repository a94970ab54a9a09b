// `process.nextTick`: a ring of callbacks that the event loop empties after the running callback and
// before promise jobs. Never runs a promise job itself: those follow when the callback returns.

import { requestTick, setTickCallback } from "crust:ops/core";

interface Tick {
  callback: (...args: unknown[]) => void;
  args: unknown[] | undefined;
}

let queue: Tick[] = [];
let head = 0;

export function nextTick(callback: (...args: unknown[]) => void, ...args: unknown[]): void {
  if (typeof callback !== "function") {
    const { codes } = require("crust:node/internal/errors");
    throw new codes.ERR_INVALID_ARG_TYPE("callback", "Function", callback);
  }
  if (queue.length === 0) requestTick();
  queue.push({ callback, args: args.length === 0 ? undefined : args });
}

// Called again by the loop when a callback throws: the rest of the queue is still there.
setTickCallback(() => {
  while (head < queue.length) {
    const { callback, args } = queue[head]!;
    queue[head++] = undefined as unknown as Tick;
    if (head === 1024) {
      queue = queue.slice(head);
      head = 0;
    }
    if (args === undefined) callback();
    else callback(...args);
  }
  queue = [];
  head = 0;
});
