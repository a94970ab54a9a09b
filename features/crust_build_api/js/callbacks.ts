// The callbacks of plugins, at build time and at run time: how they are registered, what they are given, and what
// their answers may be. Calls none of them.

import { blobBytesInMemory, isBlob } from "crust:web/blob";
import { encodeUtf8 } from "crust:web/encoding";
import { bytesOf, codedTypeError, isBufferSource, isObject } from "crust:web/webidl";

export type Callback = (args: Record<string, unknown>) => unknown;

/** A callback with what it is for. */
export interface Filtered {
  filter: RegExp;
  namespace: string;
  callback: Callback;
  plugin: string;
}

/** An answer of onResolve. */
export interface Resolved {
  path: string | undefined;
  namespace: string | undefined;
  external: boolean;
}

/** An answer of onLoad: what a module holds, or what it exports. */
export interface Loaded {
  contents: string | Uint8Array | Promise<Uint8Array> | undefined;
  exports: object | undefined;
  loader: string | undefined;
}

/** A plugin's name and its setup function. */
export function pluginOf(plugin: unknown, needsName: boolean): { name: string; setup: (build: object) => unknown } {
  if (!isObject(plugin)) throw codedTypeError("ERR_INVALID_ARG_TYPE", "plugins must be objects");
  const { name, setup } = plugin as { name?: unknown; setup?: unknown };
  const isName = typeof name === "string" && name !== "";
  if (!isName && (needsName || name !== undefined)) throw codedTypeError("ERR_INVALID_ARG_TYPE", "plugin.name must be a string that is not empty");
  const shown = isName ? name : "";
  if (typeof setup !== "function") throw codedTypeError("ERR_INVALID_ARG_TYPE", `setup of the plugin "${shown}" must be a function`);
  return { name: shown, setup: (build) => setup.call(plugin, build) };
}

/** What onResolve and onLoad of a builder were called with. */
export function filteredOf(method: string, options: unknown, callback: unknown, plugin: string): Filtered {
  const { filter, namespace } = (isObject(options) ? options : {}) as { filter?: unknown; namespace?: unknown };
  if (!(filter instanceof RegExp)) throw codedTypeError("ERR_INVALID_ARG_TYPE", `${method} needs a filter, which is a RegExp`);
  if (namespace !== undefined && typeof namespace !== "string") throw codedTypeError("ERR_INVALID_ARG_TYPE", `the namespace of ${method} must be a string`);
  if (namespace !== undefined && !/^[\w$-]*$/.test(namespace)) {
    throw codedTypeError("ERR_INVALID_ARG_VALUE", `the namespace of ${method} can hold letters, digits, "$", "_" and "-" only`);
  }
  return { filter, namespace: namespace || "file", callback: functionOf(callback, method) as Callback, plugin };
}

export function functionOf(callback: unknown, method: string): (...args: never[]) => unknown {
  if (typeof callback !== "function") throw codedTypeError("ERR_INVALID_ARG_TYPE", `${method} needs a callback`);
  return callback as (...args: never[]) => unknown;
}

export function missing(method: string): () => never {
  return () => {
    throw Object.assign(new Error(`${method}() is not part of this version of Crust`), { code: "ERR_NOT_IMPLEMENTED" });
  };
}

/** The arguments of onResolve. What is on the disk is resolved from the importer's folder, the rest from the program's. */
export function resolveArguments(path: string, importer: string, namespace: string, kind: string): Record<string, unknown> {
  const end = importer.lastIndexOf("/");
  const resolveDir = namespace === "file" && importer !== "" ? importer.slice(0, Math.max(end, 1)) : process.cwd();
  return { path, importer, namespace, resolveDir, kind };
}

/** Where onResolve says an import leads; null leaves it to others. */
export function resolvedOf(given: Record<string, unknown>): Resolved | null {
  const { path, namespace, external } = given;
  if (path !== undefined && path !== null && typeof path !== "string") throw new TypeError("the path that onResolve gives must be a string");
  if (namespace !== undefined && namespace !== null && typeof namespace !== "string") throw new TypeError("the namespace that onResolve gives must be a string");
  if (external !== undefined && external !== null && typeof external !== "boolean") throw new TypeError("external of onResolve must be a boolean");
  if (!path && external !== true) return null;
  const isFile = !namespace || namespace === "file";
  if (path && isFile && external !== true && !path.startsWith("/")) {
    throw new TypeError(`the path that onResolve gives must be absolute in the namespace "file": "${path}"`);
  }
  return { path: path || undefined, namespace: namespace || undefined, external: external === true };
}

/** What onLoad says a module is. */
export function loadedOf(given: Record<string, unknown>): Loaded {
  const { contents, loader, exports } = given;
  if (loader !== undefined && loader !== null && typeof loader !== "string") throw new TypeError("the loader that onLoad gives must be a string");
  if (loader === "object" || exports !== undefined) {
    if (!isObject(exports)) throw new TypeError('with the loader "object", onLoad must give exports, which are an object');
    return { contents: undefined, exports: exports as object, loader: "object" };
  }
  return { contents: contentsOf(contents), exports: undefined, loader: loader ?? undefined };
}

function contentsOf(contents: unknown): Loaded["contents"] {
  if (typeof contents === "string") return contents;
  if (isBufferSource(contents)) return bytesOf(contents);
  if (isBlob(contents)) return blobBytesInMemory(contents as never) ?? (contents as unknown as Blob).arrayBuffer().then((bytes) => new Uint8Array(bytes));
  throw new TypeError("onLoad must give an object with contents, which are a string, a Uint8Array, an ArrayBuffer or a Blob");
}

/** The bytes of contents. */
export function bytesOfContents(contents: Loaded["contents"]): Uint8Array | Promise<Uint8Array> {
  if (contents === undefined) return new Uint8Array(0);
  return typeof contents === "string" ? encodeUtf8(contents) : contents;
}

/** What is wrong, in words. Anything can be thrown, and nothing here throws again. */
export function textOfThrown(error: unknown): string {
  try {
    if (isObject(error) && typeof (error as { message?: unknown }).message === "string") return (error as Error).message;
    return String(error);
  } catch {
    return "a value was thrown that has no text";
  }
}
