// Bun.sleep, Bun.sleepSync and Bun.nanoseconds.
import { sleepSync as sleepThread } from "crust:ops/bun";
import { now } from "crust:ops/core";

function milliseconds(duration: unknown, name: string): number {
  const value = duration instanceof Date ? duration.getTime() - Date.now() : duration;
  if (typeof value !== "number" || Number.isNaN(value)) {
    throw Object.assign(new TypeError(`${name} expects a number of milliseconds or a Date`), { code: "ERR_INVALID_ARG_TYPE" });
  }
  return Math.max(0, value);
}

/** Resolves after some milliseconds, or at a date. */
export function sleep(duration: number | Date): Promise<void> {
  const wait = milliseconds(duration, "sleep");
  return new Promise((resolve) => void setTimeout(resolve, wait));
}

/** Stops the thread for some milliseconds. */
export function sleepSync(duration: number | Date): void {
  sleepThread(milliseconds(duration, "sleepSync"));
}

/** Nanoseconds since the process started. */
export function nanoseconds(): number {
  return Math.trunc(now() * 1e6);
}
