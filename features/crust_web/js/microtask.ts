// The global queueMicrotask. An exception of the callback is reported as uncaught, never swallowed.

import { reportException } from "crust:web/report_error";
import { requireFunction } from "crust:web/webidl";

const settled = Promise.resolve();

export function queueMicrotask(callback: () => void): void {
  const checked = requireFunction(callback, "callback") as () => void;
  void settled.then(() => {
    try {
      checked();
    } catch (error) {
      reportException(error);
    }
  });
}
