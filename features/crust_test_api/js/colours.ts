// Colours of messages, where the run has them.
import { run } from "crust:test_api/state";

function wrap(code: string, text: string): string {
  return run.settings?.colours ? `\x1b[${code}m${text}\x1b[0m` : text;
}
export const green = (text: string): string => wrap("32", text);
export const red = (text: string): string => wrap("31", text);
export const dim = (text: string): string => wrap("2", text);
