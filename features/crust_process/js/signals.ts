// Signals as events of `process`, and `process.kill`. A signal without a listener keeps its default.

import * as native from "crust:ops/process";
import { codes } from "crust:node/internal/errors";

const words = native.signalNumbers();
/** `SIGINT` → 2, in Node's order. */
export const signalNumbers: Record<string, number> = Object.create(null);
for (let index = 0; index < words.length; index += 2) signalNumbers[words[index]] = words[index + 1];

const watched = new Map<number, string>();
let listening = false;

/** Starts delivering a signal as an event. */
export function watch(process: any, name: string): void {
  const number = signalNumbers[name];
  if (number === undefined || watched.has(number)) return;
  if (!listening) {
    listening = true;
    native.onSignal((received: number) => {
      const event = watched.get(received);
      if (event !== undefined) process.emit(event, event, received);
    });
  }
  native.watchSignal(number, true);
  watched.set(number, name);
}

/** Gives a signal back to the kernel when nobody listens any more. */
export function unwatch(process: any, name: string): void {
  const number = signalNumbers[name];
  if (number === undefined || !watched.has(number) || process.listenerCount(name) > 0) return;
  native.watchSignal(number, false);
  watched.delete(number);
}

/** The number of a signal given by name or number. */
export function signalNumber(signal: unknown): number {
  if (typeof signal === "number") {
    if (!Number.isInteger(signal) || signal < 0 || signal > 64) throw new codes.ERR_UNKNOWN_SIGNAL!(signal);
    return signal;
  }
  const number = signalNumbers[String(signal)] ?? signalNumbers[String(signal).toUpperCase()];
  if (number === undefined) throw new codes.ERR_UNKNOWN_SIGNAL!(signal);
  return number;
}

export function kill(pid: unknown, signal: unknown = "SIGTERM"): true {
  if (typeof pid === "string" && pid !== "" && Number.isInteger(Number(pid))) pid = Number(pid);
  if (typeof pid !== "number" || pid !== (pid | 0)) throw new codes.ERR_INVALID_ARG_TYPE!("pid", "number", pid);
  if (typeof signal === "number") native.kill(pid, signal);
  else {
    const number = signalNumbers[signal === null ? "SIGTERM" : String(signal)];
    if (number === undefined) throw new codes.ERR_UNKNOWN_SIGNAL!(signal);
    native.kill(pid, number);
  }
  return true;
}
