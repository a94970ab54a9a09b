// Orders to the daemon. What ends a program is asked for twice.

import { byId, write } from "./dom.ts";
import type { Process } from "./types.ts";

export const ACTIONS = ["start", "restart", "reload", "stop", "delete"] as const;
export type Action = (typeof ACTIONS)[number];

const ENDING: readonly string[] = ["stop", "delete"];

let timer: number | undefined;

/** Says something for a while. */
export function say(text: string): void {
  write(byId("message"), text);
  clearTimeout(timer);
  timer = setTimeout(() => write(byId("message"), ""), 6000);
}

/** Whether an order makes sense now. */
export function fits(action: Action, process: Process): boolean {
  const runs = process.pid !== 0;
  switch (action) {
    case "start":
      return !runs && process.status !== "launching";
    case "stop":
      return runs || process.status === "backoff" || process.status === "launching";
    case "reload":
      return process.status === "online" && !process.reloading;
    default:
      return true;
  }
}

/** Gives an order and says how it went. */
export async function order(action: Action, process: Process): Promise<void> {
  const name = process.instance ? `${process.name}:${process.instance}` : process.name;
  if (!fits(action, process)) return;
  if (ENDING.includes(action) && !(await ask(`${action} ${name}?`))) return;
  say(`${action} ${name} …`);
  try {
    const reply = await fetch(`v1/processes/${process.id}/${action}`, { method: "POST" });
    const body = (await reply.json()) as { error?: { message: string } };
    say(reply.ok ? `${action} ${name}: done` : `${action} ${name}: ${body.error?.message ?? reply.statusText}`);
  } catch (error) {
    say(`${action} ${name}: ${String(error)}`);
  }
}

function ask(text: string): Promise<boolean> {
  const dialog = byId<HTMLDialogElement>("ask");
  write(byId("ask-text"), text);
  dialog.returnValue = "no";
  dialog.showModal();
  byId("ask-yes").focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
