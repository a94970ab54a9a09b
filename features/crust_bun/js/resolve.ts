// Bun.resolve and Bun.resolveSync: where a specifier leads to, as an import in a file of `parent` would find it.
import { resolvePath } from "crust:ops/core";

function referrer(parent: string): string {
  // `parent` may be a folder; a name in it that no file has stands for its files.
  const path = parent.startsWith("file://") ? Bun.fileURLToPath(parent) : parent;
  const base = path === "" || path === "." ? process.cwd() : path;
  return isFolder(base) ? `${base.endsWith("/") ? base : `${base}/`}[resolve]` : base;
}

function isFolder(path: string): boolean {
  const { isFolder: test } = require("crust:ops/bun") as typeof import("crust:ops/bun");
  return test(path);
}

export function resolveSync(specifier: string, parent: string): string {
  if (typeof specifier !== "string") throw argumentError("specifier", specifier);
  const found = resolvePath(specifier, referrer(parent === undefined ? process.cwd() : String(parent)), false) as string;
  return inFull(found);
}

/** A builtin of Node's with its prefix; a path, a URL and `bun` as they are. */
function inFull(found: string): string {
  return found.startsWith("/") || found.includes(":") || found === "bun" ? found : `node:${found}`;
}

export async function resolve(specifier: string, parent: string): Promise<string> {
  return resolveSync(specifier, parent);
}

function argumentError(name: string, value: unknown): TypeError {
  return Object.assign(new TypeError(`The "${name}" argument must be of type string, got ${typeof value}`), { code: "ERR_INVALID_ARG_TYPE" });
}
