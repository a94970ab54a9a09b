// Bun.peek: the value of a settled promise without waiting.
import { promiseResult, promiseState } from "crust:ops/console";

const STATUS = ["pending", "fulfilled", "rejected"] as const;

function stateOf(value: unknown): number {
  if (!(value instanceof Promise)) return -1;
  const state = promiseState(value);
  if (state === -1) {
    const error = new Error("Bun.peek is not available: this engine does not tell the state of a promise");
    throw Object.assign(error, { code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" });
  }
  return state;
}

/** The value or reason of a settled promise; a pending promise, or anything else, as it is. */
export function peek<T>(value: T | Promise<T>): T | Promise<T> {
  const state = stateOf(value);
  if (state <= 0) return value;
  // Whoever looks at a rejection knows of it.
  if (state === 2) (value as Promise<T>).catch(() => {});
  return promiseResult(value as Promise<T>) as T;
}

peek.status = function status(value: unknown): (typeof STATUS)[number] {
  const state = stateOf(value);
  return state === -1 ? "fulfilled" : (STATUS[state] as (typeof STATUS)[number]);
};
