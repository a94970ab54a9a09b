// The globals alert, confirm and prompt on a terminal, with the defaults and marks of Bun's.

import { dialogAsk } from "crust:ops/web";
import { toDOMString } from "crust:web/webidl";

export function alert(message?: unknown): void {
  dialogAsk(`${message === undefined ? "Alert" : toDOMString(message)} [Enter] `);
}

export function confirm(message?: unknown): boolean {
  const answer = dialogAsk(`${message === undefined ? "Confirm" : toDOMString(message)} [y/N] `);
  return answer === "y" || answer === "Y";
}

export function prompt(message?: unknown, defaultAnswer?: unknown): string | null {
  const hasDefault = defaultAnswer !== undefined && defaultAnswer !== null;
  const otherwise = hasDefault ? toDOMString(defaultAnswer) : null;
  const question = message === undefined ? "Prompt" : toDOMString(message);
  const answer = dialogAsk(hasDefault ? `${question} [${otherwise}] ` : `${question} `);
  if (answer === null) {
    return null;
  }
  return answer === "" ? otherwise : answer;
}
