// Calls the macros of `crust build`, in a process that runs nothing else.

import { macroDone, macrosIdle, macroTask } from "crust:ops/build_api";
import { runMacros, withoutAnswer } from "crust:core/macros";
import type { File, Result } from "crust:core/macros";

/** How often is looked whether anything is under way, in milliseconds. */
const LOOK = 500;
/** How many looks in a row must find nothing: time for other files to bring calls that this one may wait for. */
const LOOKS = 20;

const open = new Map<number, { file: File; results: Result[] }>();
let quiet = 0;

/** Works the queue off, files side by side; ends with the build. */
export async function start(): Promise<void> {
  setInterval(look, LOOK).unref();
  for (;;) {
    const task = (await macroTask()) as { id: number; text: string } | undefined;
    if (task === undefined) return;
    call(task.id, JSON.parse(task.text) as File);
  }
}

async function call(id: number, file: File): Promise<void> {
  const results: Result[] = [];
  open.set(id, { file, results });
  quiet = 0;
  await runMacros(file, results);
  if (open.delete(id)) macroDone(id, JSON.stringify(results));
  quiet = 0;
}

/** Ends calls whose promises nothing can settle any more, or the build would wait for ever. */
function look(): void {
  quiet = open.size > 0 && macrosIdle() ? quiet + 1 : 0;
  if (quiet < LOOKS) return;
  for (const [id, { file, results }] of open) macroDone(id, JSON.stringify(withoutAnswer(file, results)));
  open.clear();
}
