// The current async context, and its way across `await`: emitted functions that wait keep a frame, which holds the
// context while they do (lang/crust_transpile/src/lower/async_context.rs). Never looks into a context.

let current: unknown;
/** What a turn of the event loop begins with. */
let root: unknown;
let scheduleReset: ((reset: () => void) => void) | undefined;
let resetPending = false;

export function getContext(): any {
  return current;
}
export function setContext(context: unknown): void {
  current = context;
  if (context !== root && !resetPending && scheduleReset !== undefined) {
    resetPending = true;
    scheduleReset(reset);
  }
}
/** As `setContext`, for who puts the earlier context back in the same turn. */
export function swapContext(context: unknown): any {
  const before = current;
  current = context;
  return before;
}

/** Begins: `initial` is the context of every turn, `schedule` calls a function when the current turn's microtasks have run. */
export function beginContexts(initial: unknown, schedule: (reset: () => void) => void): void {
  if (current === root) current = initial;
  root = initial;
  scheduleReset = schedule;
}

function reset(): void {
  resetPending = false;
  current = root;
}

/** The engine calls the `then` of what is no promise of its own in a job, which has no context. */
function withContext(value: any): any {
  if (value === null || (typeof value !== "object" && typeof value !== "function") || value instanceof Promise) return value;
  const { then } = value;
  if (typeof then !== "function") return value;
  const context = current;
  return {
    then(resolve: unknown, reject: unknown): void {
      const before = swapContext(context);
      try {
        Reflect.apply(then, value, [resolve, reject]);
      } finally {
        swapContext(before);
      }
    },
  };
}

export class Frame {
  #waiting: unknown = current;
  #suspended = false;
  #looping = false;

  /** Around what is awaited. */
  wait(value: any): any {
    this.#waiting = current;
    this.#suspended = true;
    return current === root ? value : withContext(value);
  }
  /** Around the `await`. */
  back(value?: any): any {
    this.#suspended = false;
    if (current !== this.#waiting) setContext(this.#waiting);
    return value;
  }
  /** Around what `for await` iterates over. */
  iterate(value: any): any {
    this.#waiting = current;
    this.#looping = true;
    return value;
  }
  /** Where an error was caught, which a rejected `await` may have thrown. */
  caught(): void {
    if (this.#suspended || this.#looping) this.back();
  }
}
