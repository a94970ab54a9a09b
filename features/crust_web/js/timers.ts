// setTimeout, setInterval, setImmediate and their clear functions, with Node's Timeout and Immediate objects.
// It keeps the queues; the event loop in Rust decides when to call `runTimer` and `runImmediate`.

import { now, registerTimers, setRefCounts, setTimerDeadline } from "crust:ops/core";
import { TimerQueue } from "crust:web/timer_queue";
import type { QueuedTimer } from "crust:web/timer_queue";
import { inspectCustom, requireFunction } from "crust:web/webidl";

type TimerCallback = (...args: unknown[]) => unknown;

// Node's limit: a longer duration does not fit a 32-bit timer and becomes 1 ms.
const LONGEST_DURATION = 0x7fffffff;

const queue = new TimerQueue();
const knownById = new Map<number, Timeout>();
let nextId = 1;
let refedTimers = 0;
let refedImmediates = 0;
let pendingImmediates = 0;
// What the event loop was last told, so that it is told only of changes.
let toldDeadline = -1;
let toldTimers = false;
let toldRefed = false;
let toldPending = false;

registerTimers({ runTimer, runImmediate });

function tell(): void {
  const deadline = queue.earliest();
  if (deadline !== toldDeadline) {
    toldDeadline = deadline;
    setTimerDeadline(deadline);
  }
  if (toldTimers !== refedTimers > 0 || toldRefed !== refedImmediates > 0 || toldPending !== pendingImmediates > 0) {
    toldTimers = refedTimers > 0;
    toldRefed = refedImmediates > 0;
    toldPending = pendingImmediates > 0;
    setRefCounts(refedTimers, refedImmediates, pendingImmediates);
  }
}

// The event loop looks only when the current run of code and its microtasks are over, so a microtask tells it
// the outcome of all that was started and cleared. Timers started by one run also start together, as in Node:
// their order is that of their durations however long the run takes.
let startedAt = -1;
let isChanged = false;
const settled = Promise.resolve();

function endOfRun(): void {
  isChanged = false;
  startedAt = -1;
  tell();
}

function changed(): void {
  if (!isChanged) {
    isChanged = true;
    void settled.then(endOfRun);
  }
}

function startTime(): number {
  if (startedAt === -1) {
    startedAt = now();
    changed();
  }
  return startedAt;
}

function clampDuration(duration: unknown): number {
  const number = Number(duration);
  if (number >= 1 && number <= LONGEST_DURATION) {
    return Math.trunc(number);
  }
  if (duration !== undefined && !(number >= 0 && number < 1)) {
    warnAboutDuration(number);
  }
  return 1;
}

function warnAboutDuration(number: number): void {
  const { process } = globalThis as { process?: { emitWarning(message: string, name: string): void } };
  if (number > LONGEST_DURATION) {
    process?.emitWarning(`${number} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`, "TimeoutOverflowWarning");
  } else if (number < 0) {
    process?.emitWarning(`${number} is a negative number.\nTimeout duration was set to 1.`, "TimeoutNegativeWarning");
  } else {
    process?.emitWarning(`${number} is not a number.\nTimeout duration was set to 1.`, "TimeoutNaNWarning");
  }
}

let fire: (timer: Timeout) => void;
let activate: (timer: Timeout) => void;
let destroy: (timer: Timeout) => void;

export class Timeout {
  #callback: TimerCallback | null;
  #args: unknown[] | undefined;
  #repeats: boolean;
  #refed = true;
  #active = false;
  #id = nextId++;
  #place: TimerPlace;

  static {
    activate = (timer) => {
      queue.insert(timer.#place, startTime());
      if (!timer.#active) {
        timer.#active = true;
        if (timer.#refed) {
          refedTimers++;
        }
      }
      changed();
    };
    destroy = (timer) => {
      timer.#callback = null;
      timer.#args = undefined;
      timer.#deactivate();
    };
    fire = (timer) => {
      const callback = timer.#callback as TimerCallback;
      const args = timer.#args;
      try {
        if (args === undefined) {
          callback.call(timer);
        } else {
          callback.apply(timer, args);
        }
      } finally {
        timer.#afterCallback();
      }
    };
  }

  constructor(callback: TimerCallback, duration: number, args: unknown[] | undefined, repeats: boolean) {
    this.#callback = callback;
    this.#args = args;
    this.#repeats = repeats;
    this.#place = new TimerPlace(this, duration);
  }

  #afterCallback(): void {
    if (this.#place.list !== null) {
      return; // refreshed by its own callback
    }
    if (this.#repeats && this.#callback !== null) {
      queue.insert(this.#place, now());
    } else if (this.#active) {
      this.#deactivate();
    }
  }

  #deactivate(): void {
    queue.remove(this.#place);
    knownById.delete(this.#id);
    if (this.#active) {
      this.#active = false;
      if (this.#refed) {
        refedTimers--;
      }
    }
    changed();
  }

  #setRefed(refed: boolean): this {
    if (this.#refed !== refed) {
      this.#refed = refed;
      if (this.#active) {
        refedTimers += refed ? 1 : -1;
        changed();
      }
    }
    return this;
  }

  ref(): this {
    return this.#setRefed(true);
  }
  unref(): this {
    return this.#setRefed(false);
  }
  hasRef(): boolean {
    return this.#refed;
  }
  refresh(): this {
    if (this.#callback !== null) {
      queue.remove(this.#place);
      activate(this);
    }
    return this;
  }
  close(): this {
    destroy(this);
    return this;
  }
  [Symbol.toPrimitive](): number {
    // Only an id that was seen as a number can come back as one.
    if (this.#active) {
      knownById.set(this.#id, this);
    }
    return this.#id;
  }
  [Symbol.dispose](): void {
    destroy(this);
  }
  [inspectCustom](): string {
    return `Timeout (#${this.#id}${this.#repeats ? ", repeats" : ""})`;
  }
}

// The queue's view of a timer. It is an object of its own so that the links stay invisible to users.
class TimerPlace implements QueuedTimer {
  readonly timer: Timeout;
  readonly duration: number;
  due = 0;
  list: QueuedTimer["list"] = null;
  next: QueuedTimer["next"] = null;
  previous: QueuedTimer["previous"] = null;

  constructor(timer: Timeout, duration: number) {
    this.timer = timer;
    this.duration = duration;
  }
}

/** Runs exactly one due timer. Returns 1 if another one is due at `time`, else 0. */
function runTimer(time: number): number {
  const place = queue.takeDue(time) as TimerPlace | null;
  if (place === null) {
    tell();
    return 0;
  }
  try {
    fire(place.timer);
  } finally {
    if (!isDue(time)) {
      tell();
    }
  }
  return isDue(time) ? 1 : 0;
}

function isDue(time: number): boolean {
  const deadline = queue.earliest();
  return deadline !== -1 && deadline <= time;
}

/** Starts a one-shot timer for the platform's own use. */
export function startTimeout(duration: number, callback: TimerCallback): Timeout {
  const timer = new Timeout(callback, clampDuration(duration), undefined, false);
  activate(timer);
  return timer;
}

export function setTimeout(callback: TimerCallback, duration?: number, ...args: unknown[]): Timeout {
  const checked = requireFunction(callback, "callback") as TimerCallback;
  const timer = new Timeout(checked, clampDuration(duration), args.length === 0 ? undefined : args, false);
  activate(timer);
  return timer;
}

export function setInterval(callback: TimerCallback, duration?: number, ...args: unknown[]): Timeout {
  const checked = requireFunction(callback, "callback") as TimerCallback;
  const timer = new Timeout(checked, clampDuration(duration), args.length === 0 ? undefined : args, true);
  activate(timer);
  return timer;
}

export function clearTimeout(timer?: unknown): void {
  if (timer instanceof Timeout) {
    destroy(timer);
  } else if (typeof timer === "number" || typeof timer === "string") {
    const known = knownById.get(Number(timer));
    if (known !== undefined) {
      destroy(known);
    }
  } else if (timer instanceof Immediate) {
    cancelImmediate(timer);
  }
}

/** Cancels every timer and immediate: a test runner's file is over, and so is what it left behind. */
export function clearAllTimers(): void {
  for (let place = queue.takeDue(Infinity) as TimerPlace | null; place !== null; place = queue.takeDue(Infinity) as TimerPlace | null) {
    destroy(place.timer);
  }
  for (const immediate of [...batch, ...upcoming]) cancelImmediate(immediate);
}

export function clearInterval(timer?: unknown): void {
  clearTimeout(timer);
}

let runOne: (immediate: Immediate) => void;
let cancelImmediate: (immediate: Immediate) => void;
let isCancelled: (immediate: Immediate) => boolean;

export class Immediate {
  #callback: TimerCallback | null;
  #args: unknown[] | undefined;
  #refed = true;

  static {
    isCancelled = (immediate) => immediate.#callback === null;
    cancelImmediate = (immediate) => {
      if (immediate.#callback !== null) {
        immediate.#finish();
        changed();
      }
    };
    runOne = (immediate) => {
      const callback = immediate.#callback as TimerCallback;
      const args = immediate.#args;
      immediate.#finish();
      if (args === undefined) {
        callback.call(immediate);
      } else {
        callback.apply(immediate, args);
      }
    };
  }

  constructor(callback: TimerCallback, args: unknown[] | undefined) {
    this.#callback = callback;
    this.#args = args;
    refedImmediates++;
    pendingImmediates++;
  }

  #finish(): void {
    this.#callback = null;
    this.#args = undefined;
    pendingImmediates--;
    if (this.#refed) {
      refedImmediates--;
    }
  }

  #setRefed(refed: boolean): this {
    if (this.#refed !== refed) {
      this.#refed = refed;
      if (this.#callback !== null) {
        refedImmediates += refed ? 1 : -1;
        changed();
      }
    }
    return this;
  }

  ref(): this {
    return this.#setRefed(true);
  }
  unref(): this {
    return this.#setRefed(false);
  }
  hasRef(): boolean {
    return this.#refed;
  }
  [Symbol.dispose](): void {
    cancelImmediate(this);
  }
  [inspectCustom](): string {
    return "Immediate {}";
  }
}

let batch: Immediate[] = [];
let batchIndex = 0;
let upcoming: Immediate[] = [];
let threwAtEndOfBatch = false;

/** Runs exactly one immediate of the current batch. Returns how many are left in this batch. */
function runImmediate(): number {
  if (batchIndex === batch.length) {
    if (threwAtEndOfBatch) {
      threwAtEndOfBatch = false;
      return 0;
    }
    batch = upcoming;
    batchIndex = 0;
    upcoming = [];
  }
  while (batchIndex < batch.length && isCancelled(batch[batchIndex] as Immediate)) {
    batchIndex++;
  }
  if (batchIndex < batch.length) {
    const immediate = batch[batchIndex++] as Immediate;
    threwAtEndOfBatch = batchIndex === batch.length;
    try {
      runOne(immediate);
      threwAtEndOfBatch = false;
    } finally {
      if (batchIndex === batch.length) {
        batch = [];
        batchIndex = 0;
      }
      tell();
    }
  }
  return batch.length - batchIndex;
}

export function setImmediate(callback: TimerCallback, ...args: unknown[]): Immediate {
  const checked = requireFunction(callback, "callback") as TimerCallback;
  const immediate = new Immediate(checked, args.length === 0 ? undefined : args);
  upcoming.push(immediate);
  changed();
  return immediate;
}

export function clearImmediate(immediate?: unknown): void {
  if (immediate instanceof Immediate) {
    cancelImmediate(immediate);
  }
}

const promisify = Symbol.for("nodejs.util.promisify.custom");
for (const [target, name] of [[setTimeout, "setTimeout"], [setImmediate, "setImmediate"]] as const) {
  Object.defineProperty(target, promisify, {
    enumerable: true,
    configurable: true,
    get: () => (require("crust:web/timers_promises") as Record<string, unknown>)[name],
  });
}
