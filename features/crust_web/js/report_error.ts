// reportError and the way exceptions of callbacks (event listeners, microtasks) reach the process.
// It never decides whether the process ends; the event loop does.

import { reportUncaught } from "crust:ops/core";
import { requireArguments } from "crust:web/webidl";

/** Reports an exception nobody caught, exactly as if it had been thrown by a timer's callback. */
export function reportException(error: unknown): void {
  reportUncaught(error);
}

/** The global `reportError(error)`. */
export function reportError(error: unknown): void {
  requireArguments(arguments.length, 1);
  reportException(error);
}
