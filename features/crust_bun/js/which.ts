// Bun.which: where a program is.
import { which as find } from "crust:ops/bun";

/** The absolute path of `command` in `PATH` (or in `options.PATH`, relative to `options.cwd`); null when there is none. */
export function which(command: string, options?: { PATH?: string; cwd?: string }): string | null {
  if (arguments.length === 0) return null;
  const name = String(command);
  if (name === "") return null;
  const path = options?.PATH === undefined ? (process.env["PATH"] ?? "") : String(options.PATH);
  const cwd = options?.cwd === undefined ? process.cwd() : String(options.cwd);
  return find(name, path, cwd);
}
