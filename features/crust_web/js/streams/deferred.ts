// Promises with their resolvers, as the Streams standard keeps them in slots, and the sizes of queues.
// It knows nothing of streams.

/** A promise with its resolvers that knows whether it is still pending. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  pending = true;
  #resolve!: (value: T) => void;
  #reject!: (reason: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }
  resolve(value: T): void {
    this.pending = false;
    this.#resolve(value);
  }
  reject(reason: unknown): void {
    this.pending = false;
    this.#reject(reason);
  }
}

export function newDeferred<T = undefined>(): Deferred<T> {
  return new Deferred<T>();
}

export function resolvedDeferred(): Deferred<undefined> {
  const deferred = newDeferred();
  deferred.resolve(undefined);
  return deferred;
}

/** A rejected promise that counts as handled. */
export function rejectedDeferred(reason: unknown): Deferred<undefined> {
  const deferred = newDeferred();
  markHandled(deferred.promise);
  deferred.reject(reason);
  return deferred;
}

/** "Ensure … promise rejected": rejects a pending promise, or answers a rejected one to take its place. */
export function ensureRejected(deferred: Deferred<undefined>, reason: unknown): Deferred<undefined> {
  if (!deferred.pending) {
    return rejectedDeferred(reason);
  }
  markHandled(deferred.promise);
  deferred.reject(reason);
  return deferred;
}

function nothing(): void {}

/** "Set promise.[[PromiseIsHandled]] to true". */
export function markHandled(promise: Promise<unknown>): void {
  void promise.then(undefined, nothing);
}

const RESOLVED: Promise<unknown> = Promise.resolve();

/** Web IDL's "a promise resolved with": unlike Promise.resolve it adds the ticks of adopting a promise. */
export function resolvedWith(value: unknown): Promise<unknown> {
  return value === undefined ? RESOLVED : new Promise((resolve) => resolve(value));
}

/** Calls a user's algorithm so that what it throws becomes a rejection. */
export function promiseCall(algorithm: () => unknown): Promise<unknown> {
  try {
    const result = algorithm();
    return result === undefined ? RESOLVED : Promise.resolve(result);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Gives the promise of `call` itself, without the ticks an async function adds; what it throws becomes a rejection. */
export function rejecting<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

/** The standard's "queue-with-sizes", first in, first out without moving the rest on each removal. */
export class SizedQueue<T> {
  #items: (T | undefined)[] = [];
  #sizes: number[] = [];
  #head = 0;
  totalSize = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T, size: unknown): void {
    const number = Number(size);
    if (!(number >= 0) || number === Number.POSITIVE_INFINITY) {
      throw new RangeError("The size of a chunk must be a finite, non-negative number");
    }
    this.#items.push(item);
    this.#sizes.push(number);
    this.totalSize += number;
  }

  peek(): T {
    return this.#items[this.#head] as T;
  }

  shift(): T {
    const item = this.#items[this.#head] as T;
    // Rounding errors of fractional sizes must not make the total negative.
    this.totalSize = Math.max(0, this.totalSize - (this.#sizes[this.#head] as number));
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) {
      this.clear(this.totalSize);
    } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#sizes = this.#sizes.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  clear(totalSize = 0): void {
    this.#items = [];
    this.#sizes = [];
    this.#head = 0;
    this.totalSize = totalSize;
  }
}
