// CommonJS: `Module`, `require` and their tables, as programs and tools use and patch them.
// Never decides formats or finds files: natives of the core resolve, read and transpile.

import { builtin, isBuiltin as isBuiltinName, builtinNames, compileText, nodePaths, requireFile, resolvePath } from "crust:ops/core";

type Exports = any;
type RequireFunction = ((specifier: string) => Exports) & { resolve: any; cache: any; main: any; extensions: any };

export function Module(this: any, id: string = "", parent?: any): void {
  this.id = id;
  this.path = directoryOf(id);
  this.exports = {};
  this.filename = null;
  this.loaded = false;
  this.children = [];
  Object.defineProperty(this, "parent", { value: parent, writable: true, configurable: true, enumerable: false });
  this.paths = [];
  parent?.children?.push(this);
}

const cache: Record<string, any> = Object.create(null);
const extensions: Record<string, (module: any, filename: string) => void> = Object.create(null);
let mainModule: any;

Module.prototype.constructor = Module;
Module.prototype.require = function (specifier: string): Exports {
  if (typeof specifier !== "string") {
    throw codedError(TypeError, "ERR_INVALID_ARG_TYPE", `The "id" argument must be of type string. Received ${received(specifier)}`);
  }
  if (specifier === "") {
    throw codedError(TypeError, "ERR_INVALID_ARG_VALUE", "The argument 'id' must be a non-empty string. Received ''");
  }
  return Module._load(specifier, this, false);
};
Module.prototype.load = function (filename: string): void {
  this.filename = filename;
  this.paths = Module._nodeModulePaths(this.path);
  const extension = extensionOf(filename);
  (extensions[extension] ?? extensions[".js"])(this, filename);
  this.loaded = true;
};
Module.prototype._compile = function (content: string, filename: string): unknown {
  return runScript(this, filename, compileText(content, filename));
};

// Calls the function of a script. Programs count its parameters: a sixth only where `import()` or
// `import.meta` needs it.
function runScript(module: any, filename: string, script: { body: Function; context?: unknown }): unknown {
  const values = [module.exports, requireFor(module), module, filename, directoryOf(filename)];
  if (script.context !== undefined) values.push(script.context);
  return script.body.apply(module.exports, values);
}

function codedError(Class: any, code: string, message: string): Error {
  return Object.assign(new Class(message), { code });
}

// What was given instead, as Node's messages say it.
function received(value: unknown): string {
  if (value === undefined || value === null) return `${value}`;
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value === "object") return value.constructor?.name ? `an instance of ${value.constructor.name}` : "[Object: null prototype] {}";
  return `type ${typeof value} (${typeof value === "bigint" ? `${value}n` : String(value)})`;
}

function directoryOf(file: string): string {
  const slash = file.lastIndexOf("/");
  return slash < 0 ? "." : slash === 0 ? "/" : file.slice(0, slash);
}

function extensionOf(file: string): string {
  const name = file.slice(file.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? ".js" : name.slice(dot);
}

// What a native's answer about a file becomes as `module.exports`.
function loadFile(module: any, filename: string): void {
  const loaded = requireFile(filename, undefined);
  if (loaded.format === "commonjs") {
    runScript(module, filename, loaded);
  } else if (loaded.format === "esm") {
    module.exports = exportsOfNamespace(loaded.namespace);
  } else {
    module.exports = loaded.value;
  }
}

// `require()` of an ES module: its exports, live, over a prototype that marks them, so that
// transpiled importers find `default`.
const esModuleMark = Object.create(null, { __esModule: { value: true } });
function exportsOfNamespace(namespace: any): any {
  if ("module.exports" in namespace) return namespace["module.exports"];
  return Object.create(esModuleMark, Object.getOwnPropertyDescriptors(namespace));
}

for (const extension of [".js", ".json", ".node", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".tsx", ".jsx", ".jsonc", ".json5", ".toml", ".yaml", ".yml", ".txt"]) {
  extensions[extension] = loadFile;
}
extensions[".node"] = function (_module: any, filename: string): void {
  throw codedError(Error, "ERR_DLOPEN_FAILED", `Native addons are not supported yet: ${filename}`);
};

const ownExtensions = new Set(Object.keys(extensions));

export function requireFor(module: any): RequireFunction {
  const require = function (specifier: string): Exports {
    return module.require(specifier);
  } as RequireFunction;
  require.resolve = function (specifier: string, options?: { paths?: string[] }): string {
    return Module._resolveFilename(specifier, module, false, options);
  };
  require.resolve.paths = (specifier: string): string[] | null =>
    isBuiltinName(specifier) ? null : specifier.startsWith("./") || specifier.startsWith("../") ? [module.path] : Module._nodeModulePaths(module.path);
  require.main = mainModule;
  require.extensions = extensions;
  require.cache = cache;
  return require;
}

Module._cache = cache;
Module._extensions = extensions;
Module._pathCache = Object.create(null);
Module.globalPaths = nodePaths();
Module.Module = Module;
Module.wrapper = ["(function (exports, require, module, __filename, __dirname) { ", "\n});"];
Module.wrap = (script: string): string => Module.wrapper[0] + script + Module.wrapper[1];
Module._nodeModulePaths = function (from: string): string[] {
  const paths: string[] = [];
  for (let directory = from; ; directory = directoryOf(directory)) {
    if (!directory.endsWith("/node_modules")) paths.push(directory === "/" ? "/node_modules" : `${directory}/node_modules`);
    if (directory === "/" || directory === ".") return paths;
  }
};
Module._resolveLookupPaths = (specifier: string, parent: any): string[] | null =>
  isBuiltinName(specifier) ? null : [...(parent?.paths ?? []), ...Module.globalPaths];
Module._resolveFilename = function (specifier: string, parent?: any, _isMain?: boolean, options?: { paths?: string[] }): string {
  if (typeof specifier !== "string") {
    throw codedError(TypeError, "ERR_INVALID_ARG_TYPE", `The "request" argument must be of type string. Received ${received(specifier)}`);
  }
  if (options?.paths !== undefined) {
    let failure: unknown;
    for (const path of options.paths) {
      try {
        return resolvePath(specifier, `${path}/noop.js`, true);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
  return resolveFrom(specifier, parent);
};

function resolveFrom(specifier: string, parent: any): string {
  const referrer = parent?.filename ?? `${parent?.path ?? process.cwd()}/noop.js`;
  try {
    return resolvePath(specifier, referrer, true);
  } catch (error: any) {
    if (error?.code !== "MODULE_NOT_FOUND") throw error;
    return resolveExtended(specifier, referrer) ?? notFound(error, specifier, parent);
  }
}

// A file whose extension a program added to `require.extensions`.
function resolveExtended(specifier: string, referrer: string): string | undefined {
  if (!/^(?:\.{0,2}\/)/.test(specifier)) return undefined;
  for (const extension of Object.keys(extensions)) {
    if (ownExtensions.has(extension)) continue;
    try {
      return resolvePath(specifier + extension, referrer, true);
    } catch {}
  }
  return undefined;
}

function notFound(error: any, specifier: string, parent: any): never {
  const requireStack: string[] = [];
  for (let module = parent; module; module = module.parent) requireStack.push(module.filename ?? module.id);
  error.message = `Cannot find module '${specifier}'`;
  if (requireStack.length > 0) error.message += `\nRequire stack:\n- ${requireStack.join("\n- ")}`;
  error.requireStack = requireStack;
  throw error;
}
// A test's replacements: `{ value }` for a module that is mocked.
let mocked: ((filename: string) => { value: unknown } | undefined) | undefined;
export function setMocked(find: typeof mocked): void {
  mocked = find;
}

Module._load = function (specifier: string, parent: any, isMain: boolean): Exports {
  const filename: string = Module._resolveFilename(specifier, parent, isMain);
  if (mocked !== undefined) {
    const found = mocked(filename);
    if (found !== undefined) return found.value;
  }
  const cached = cache[filename];
  if (cached !== undefined) {
    if (parent?.children !== undefined && !parent.children.includes(cached)) parent.children.push(cached);
    return cached.exports;
  }
  if (isBuiltinName(filename)) return builtinExports(filename);
  return loadModule(filename, parent, isMain).exports;
};

// `require` of a builtin: its default export is its `module.exports`.
function builtinExports(name: string): Exports {
  const namespace = builtin(name);
  return "default" in namespace ? namespace.default : namespace;
}

function loadModule(filename: string, parent: any, isMain: boolean): any {
  const module = new (Module as any)(filename, parent);
  if (isMain) {
    mainModule = module;
    module.id = ".";
    module.parent = null;
  }
  cache[filename] = module;
  let threw = true;
  try {
    module.load(filename);
    threw = false;
  } finally {
    if (threw) {
      delete cache[filename];
      const siblings = parent?.children;
      const index = siblings?.indexOf(module) ?? -1;
      if (index >= 0) siblings.splice(index, 1);
    }
  }
  return module;
}

// `process.mainModule` and `require.main`: the program, if it is CommonJS.
export function main(): any {
  return mainModule;
}

// Loads a file for an ES module that imports it, or as the program.
export function load(filename: string, isMain: boolean): any {
  return cache[filename] ?? loadModule(filename, undefined, isMain);
}

// The module object of an ES module file that uses `module` or `require`.
export function moduleOf(filename: string): any {
  const existing = cache[filename];
  if (existing !== undefined) return existing;
  const module = new (Module as any)(filename, undefined);
  module.filename = filename;
  module.paths = Module._nodeModulePaths(module.path);
  module.loaded = true;
  return module;
}

const requires = new Map<string, RequireFunction>();
export function requireOf(filename: string): RequireFunction {
  let require = requires.get(filename);
  if (require === undefined) requires.set(filename, (require = requireFor(moduleOf(filename))));
  return require;
}

// All properties but hidden accessors, which may do something when they are read.
function exportedNames(value: any): string[] {
  return Object.getOwnPropertyNames(value).filter((name) => {
    const property = Object.getOwnPropertyDescriptor(value, name);
    return property !== undefined && (property.enumerable || "value" in property);
  });
}

// The namespace by which ES modules see `module.exports`.
export function namespaceOf(module: any): any {
  const value = module.exports;
  const namespace = Object.create(null);
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  const isModule = isObject && value.__esModule === true;
  const names = new Set<string>(isModule ? Object.keys(value) : isObject ? exportedNames(value) : []);
  names.add("default");
  names.delete("__esModule");
  const interop = isModule && "default" in value;
  for (const name of [...names].sort()) {
    let exported: unknown;
    try {
      exported = name === "default" ? (interop ? value.default : value) : value[name];
    } catch {
      // A getter that throws has no value to export.
    }
    Object.defineProperty(namespace, name, { value: exported, enumerable: true });
  }
  Object.defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
  return Object.freeze(namespace);
}

export function createRequire(from: string | URL): RequireFunction {
  let file = typeof from === "string" ? from : from?.href;
  if (typeof file !== "string" || !(file.startsWith("/") || file.startsWith("file:"))) {
    throw codedError(TypeError, "ERR_INVALID_ARG_VALUE", `The argument 'filename' must be a file URL object, file URL string, or absolute path string. Received ${JSON.stringify(file)}`);
  }
  if (file.startsWith("file:")) file = resolvePath(file, "/noop.js", true, true);
  return requireFor(moduleOf(file.endsWith("/") ? `${file}noop.js` : file));
}
Module.createRequire = createRequire;

// Few programs ask for the list.
let names: string[] | undefined;
Object.defineProperty(Module, "builtinModules", { get: () => (names ??= builtinNames()), enumerable: true, configurable: true });
export const isBuiltin = (name: string): boolean => isBuiltinName(`${name}`);
Module.isBuiltin = isBuiltin;
Module.syncBuiltinESMExports = (): void => {};
Module.runMain = (file: string = process.argv[1]!): Exports => Module._load(file, undefined, true);
Module.prototype.isPreloading = false;

export default Module;
