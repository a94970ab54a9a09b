// `node:module`: the CommonJS loader's own class, with what Node adds for tools.
// Hooks and source-map support do not exist and refuse.

import * as loader from "crust:core/commonjs";
import { codes, notImplemented } from "crust:node/internal/errors";
import { refusedFunctions } from "crust:node/internal/refuse";
import { validateString } from "crust:node/internal/validators";

export const { createRequire, isBuiltin, Module } = loader;
export const builtinModules: string[] = Module.builtinModules;
const ModuleClass: any = Module;

/** The package.json that governs a module: beside it or in the nearest folder above. */
export function findPackageJSON(specifier: string | URL, base?: string | URL): string | undefined {
  const path = require("node:path");
  const url = require("node:url");
  const fs = require("node:fs");
  if (specifier === undefined) throw new codes.ERR_MISSING_ARGS!("specifier");
  const text = String(specifier);
  const toPath = (value: unknown): string => (String(value).startsWith("file:") ? url.fileURLToPath(String(value)) : String(value));
  let folder: string;
  if (text.startsWith("file:") || path.isAbsolute(text)) folder = toPath(text);
  else {
    if (base === undefined) throw new codes.ERR_MISSING_ARGS!("base");
    if (/^\.\.?(\/|$)/.test(text)) folder = path.resolve(path.dirname(toPath(base)), text);
    else return packageRoot(text, toPath(base));
  }
  if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) folder = path.dirname(folder);
  for (;;) {
    const candidate = path.join(folder, "package.json");
    if (fs.existsSync(candidate)) return candidate;
    const parent = path.dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

function packageRoot(specifier: string, base: string): string | undefined {
  const path = require("node:path");
  const fs = require("node:fs");
  const [first = "", second] = specifier.split("/");
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  for (const folder of ModuleClass._nodeModulePaths(path.dirname(base))) {
    const candidate = path.join(folder, name, "package.json");
    if (fs.existsSync(candidate)) return candidate;
  }
  return undefined;
}

/** Builtin exports are read through one object here: there is nothing to bring into step. */
export function syncBuiltinESMExports(): void {}

export const constants = Object.freeze({
  __proto__: null,
  compileCacheStatus: Object.freeze({ __proto__: null, FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 }),
});

/** Nothing is cached between runs, and the status says so. */
export function enableCompileCache(): { status: number; message: string } {
  return { status: 3, message: "Crust does not keep a compile cache" };
}
export function getCompileCacheDir(): undefined {
  return undefined;
}
export function flushCompileCache(): void {}

export function stripTypeScriptTypes(code: string, _options?: object): string {
  validateString(code, "code");
  return notImplemented("module.stripTypeScriptTypes");
}
export const register = (..._args: unknown[]): never => notImplemented("module.register");
export const registerHooks = (_hooks: unknown): never => notImplemented("module.registerHooks");
export function findSourceMap(_path: string): undefined {
  return undefined;
}
export class SourceMap {
  constructor(_payload: unknown) {
    notImplemented("module.SourceMap");
  }
}
export const getSourceMapsSupport = (): object => Object.freeze({ __proto__: null, enabled: false, nodeModules: false, generatedCode: false });
export const setSourceMapsSupport = (_enabled: boolean): never => notImplemented("module.setSourceMapsSupport");
export const { _cache, _pathCache, _extensions, globalPaths, _nodeModulePaths, _resolveLookupPaths, _load, _resolveFilename, runMain } = ModuleClass;

export const { _findPath, _initPaths, _preloadModules } = refusedFunctions("module", "_findPath", "_initPaths", "_preloadModules");

for (const [name, value] of Object.entries({
  isBuiltin, findPackageJSON, syncBuiltinESMExports, constants, enableCompileCache, getCompileCacheDir, flushCompileCache, stripTypeScriptTypes,
  _findPath, _initPaths, _preloadModules, register, registerHooks, findSourceMap, SourceMap, getSourceMapsSupport, setSourceMapsSupport, builtinModules, createRequire,
})) {
  if (!(name in ModuleClass)) ModuleClass[name] = value;
}

export default ModuleClass;
