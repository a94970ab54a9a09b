// What the built-ins say and check while the flag DEBUG of the project header is on. Loaded only then; a
// built-in asks `debugging()` of `crust:ops/config_api` first. No secrets: no bodies, headers, queries,
// environments.

import { debugLine } from "crust:ops/config_api";

/** Writes `[crust:area] text` to standard error. */
export function debug(area: string, text: string): void {
  debugLine(`[crust:${area}] ${text.replaceAll("\n", "\\n")}\n`);
}

/** Throws when something that a built-in relies on does not hold. */
export function assert(area: string, holds: boolean, text: string): void {
  if (holds) return;
  throw Object.assign(new Error(`crust:${area}: ${text} does not hold`), { code: "ERR_INTERNAL_ASSERTION" });
}
