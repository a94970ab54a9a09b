// Calls the macros of `crust build`, in a process that runs nothing else.

import { macroDone, macroTask } from "crust:ops/build_api";
import { runMacros } from "crust:core/macros";

/** Works the queue off, files side by side; ends with the build. */
export async function start(): Promise<void> {
  for (;;) {
    const task = (await macroTask()) as { id: number; text: string } | undefined;
    if (task === undefined) return;
    runMacros(JSON.parse(task.text)).then((results) => macroDone(task.id, JSON.stringify(results)));
  }
}
