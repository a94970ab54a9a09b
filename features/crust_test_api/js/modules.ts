// Loads files through the module system.
import { forgetModules as forgetRecords, importFrom, resetModules as resetRegistry } from "crust:ops/core";
import { run } from "crust:test_api/state";

/** Imports a file or, relative to the run's root, a specifier. */
export function importFile(specifier: string, isPreload: boolean): Promise<unknown> {
  const referrer = isPreload ? `${run.settings.directory}/[preload]` : "/[test]";
  return Promise.resolve(importFrom(specifier, referrer));
}

/** Every module is read and evaluated anew when it is next asked for. */
export function resetModules(): void {
  resetRegistry();
  resetCache();
}

/** As `resetModules`, when the file that loaded them is over: frees them too. */
export function forgetModules(): void {
  forgetRecords();
  resetCache();
}

function resetCache(): void {
  const cache = (require("crust:core/commonjs") as any).Module._cache;
  for (const path of Object.keys(cache)) delete cache[path];
}
