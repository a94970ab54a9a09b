// Modules in the place of others: `mock.module`, `jest.mock`, `vi.mock`, `__mocks__` and automatic mocks.
// Which modules are replaced is known to the module system too (crust_core's testing.rs).
import { builtin, importFrom, isBuiltin, mockModule, mockPath, resetModules, setMockLoader, unmockModule } from "crust:ops/core";
import { Module, setMocked } from "crust:core/commonjs";
import { automock } from "crust:test_api/mock";
import { run } from "crust:test_api/state";

type Factory = (importOriginal?: () => Promise<unknown>) => unknown;

interface Entry {
  path: string;
  factory: Factory | undefined;
  /** `jest.mock` without a factory: a file of `__mocks__`, or the module's own shape. */
  isAutomatic: boolean;
  spies: boolean;
  made: boolean;
  value: any;
  failure: { error: unknown } | undefined;
}

const entries = new Map<string, Entry>();
/** Real modules that were loaded beside their mocks. */
const actuals = new Map<string, unknown>();
let installed = false;

function install(): void {
  if (installed) return;
  installed = true;
  setMockLoader(namespaceOf);
  setMocked((filename: string) => {
    const entry = entries.get(filename) ?? entries.get(`node:${filename}`);
    return entry === undefined ? undefined : { value: commonJsOf(valueOf(entry)) };
  });
}

/** The file that calls a function of this API; the test file where frames do not tell. */
export function callerFile(): string {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callerFile);
  for (const frame of String(holder.stack).split("\n").slice(1)) {
    const match = /\(?(\/[^()]*):\d+:\d+\)?$/.exec(frame.trim());
    if (match !== null) return match[1]!;
  }
  return run.file;
}

function pathOf(specifier: unknown): string {
  if (typeof specifier === "string") return mockPath(specifier, callerFile());
  throw new TypeError("The name of a mocked module must be a string");
}

function isAsync(fn: Function): boolean {
  return Object.prototype.toString.call(fn) === "[object AsyncFunction]";
}

function enter(specifier: string, factory: Factory | undefined, options: { spies?: boolean; automatic?: boolean }): void {
  install();
  const path = pathOf(specifier);
  entries.set(path, { path, factory, isAutomatic: options.automatic ?? false, spies: options.spies ?? false, made: false, value: undefined, failure: undefined });
  delete (Module as any)._cache[path];
  mockModule(path, factory !== undefined && isAsync(factory));
}

/** `mock.module(specifier, factory)` of Bun: nothing of the real module is loaded. */
export function mockModuleOfBun(specifier: string, factory: Factory): void | Promise<void> {
  if (typeof factory !== "function") throw new TypeError("mock.module() takes a specifier and a function that returns the exports");
  enter(specifier, factory, {});
}

/** `jest.mock` and `vi.mock`, also under their names that are not hoisted. */
export function mockPathOrAutomatic(specifier: unknown, factory?: Factory | { spy?: boolean }): void {
  const name = specifier instanceof Promise ? undefined : specifier;
  if (typeof name !== "string") throw Object.assign(new TypeError("vi.mock(import(…)) is not supported: give the specifier as a string"), { code: "ERR_NOT_IMPLEMENTED" });
  if (typeof factory === "function") return enter(name, factory, {});
  return enter(name, undefined, { automatic: true, spies: factory?.spy === true });
}

export function unmock(specifier: string): void {
  const path = pathOf(specifier);
  if (!entries.delete(path)) return;
  delete (Module as any)._cache[path];
  unmockModule(path);
}

export function setMock(specifier: string, value: unknown): void {
  enter(specifier, () => value, {});
}

/** Runs the factory, once. */
function valueOf(entry: Entry): any {
  if (entry.failure !== undefined) throw entry.failure.error;
  if (entry.made) return entry.value;
  entry.made = true;
  try {
    entry.value = entry.factory !== undefined ? entry.factory(() => importActualPath(entry.path)) : automaticValue(entry);
  } catch (error) {
    // A name that is not initialized yet may be by the next time.
    entry.made = false;
    throw error;
  }
  if (entry.factory !== undefined && (entry.value === null || (typeof entry.value !== "object" && typeof entry.value !== "function"))) {
    entry.failure = { error: new TypeError(`The factory of the mock of "${entry.path}" must return an object, but it returned ${String(entry.value)}`) };
    throw entry.failure.error;
  }
  return entry.value;
}

function automaticValue(entry: Entry): unknown {
  const manual = manualMock(entry.path);
  if (manual !== undefined) return loadNow(manual);
  if (!entry.spies) return generated(entry.path);
  const actual: any = requireActualPath(entry.path);
  const { fn } = require("crust:test_api/mock") as typeof import("crust:test_api/mock");
  const copy: any = {};
  for (const key of Object.keys(actual)) copy[key] = typeof actual[key] === "function" ? fn(actual[key]) : actual[key];
  return copy;
}

/** `__mocks__/x.ts` beside `x.ts`, or at the root for a package. */
function manualMock(path: string): string | undefined {
  const { existsSync } = require("node:fs") as typeof import("node:fs");
  const candidates: string[] = [];
  const bare = path.replace(/^node:/, "");
  if (path.startsWith("/") && !path.includes("/node_modules/")) {
    const slash = path.lastIndexOf("/");
    candidates.push(`${path.slice(0, slash)}/__mocks__/${path.slice(slash + 1).replace(/\.[^.]+$/, "")}`);
  } else {
    const name = path.includes("/node_modules/") ? packageName(path) : bare;
    candidates.push(`${run.settings.root}/__mocks__/${name}`, `${run.settings.root}/src/__mocks__/${name}`);
  }
  for (const candidate of candidates) {
    for (const extension of ["", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".json"]) {
      if (extension === "" ? /\.\w+$/.test(candidate) && existsSync(candidate) : existsSync(candidate + extension)) return candidate + extension;
    }
  }
  return undefined;
}

function packageName(path: string): string {
  const rest = path.slice(path.lastIndexOf("/node_modules/") + "/node_modules/".length).split("/");
  return rest[0]!.startsWith("@") ? `${rest[0]}/${rest[1]}` : rest[0]!;
}

function loadNow(path: string): unknown {
  const loaded: any = importFrom(path, "/[mock]");
  if (loaded instanceof Promise) throw new Error(`The module ${path} awaits at top level, so it cannot be loaded here: use an asynchronous factory with importActual`);
  return loaded;
}

/** What an importer sees. A factory that is not asynchronous runs when the first name is read. */
function namespaceOf(path: string): unknown {
  const entry = entries.get(path);
  if (entry === undefined) return Object.freeze({ __proto__: null });
  if (entry.factory !== undefined && isAsync(entry.factory)) {
    const value = valueOf(entry) as Promise<unknown>;
    if (!(value instanceof Promise)) return namespaceFrom(value);
    return value.then((settled) => {
      entry.value = settled;
      return namespaceFrom(settled);
    });
  }
  return lazyNamespace(entry);
}

function namespaceFrom(value: any): object {
  const namespace: any = { __proto__: null };
  for (const key of Object.keys(value)) Object.defineProperty(namespace, key, { get: () => value[key], enumerable: true, configurable: true });
  if (!("default" in value)) Object.defineProperty(namespace, "default", { get: () => value, enumerable: true, configurable: true });
  Object.defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
  return namespace;
}

function lazyNamespace(entry: Entry): object {
  let target: any;
  const made = (): any => (target ??= namespaceFrom(valueOf(entry)));
  return new Proxy({ __proto__: null } as any, {
    get: (_, name) => {
      if (name === Symbol.toStringTag) return "Module";
      const namespace = made();
      if (typeof name === "string" && name !== "then" && !(name in namespace)) {
        throw new SyntaxError(`Export named '${name}' not found: the factory of the mock of "${entry.path}" does not return it`);
      }
      return namespace[name];
    },
    // Importers are checked before anything ran; a name that is missing shows when it is read.
    has: (_, name) => target === undefined || name in target,
    ownKeys: () => Reflect.ownKeys(made()),
    getOwnPropertyDescriptor: (_, name) => {
      if (target === undefined && name !== Symbol.toStringTag) return { get: () => made()[name], enumerable: true, configurable: true };
      const property = Object.getOwnPropertyDescriptor(made(), name);
      return property === undefined ? undefined : { get: () => made()[name], enumerable: property.enumerable ?? true, configurable: true };
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
}

/** `require` of a mock: what the factory returned. */
function commonJsOf(value: any): unknown {
  return value;
}

// --- the real modules

/** Loads with the module's mock out of the way. */
function withoutMock<T>(path: string, load: () => T): T {
  const entry = entries.get(path);
  if (entry === undefined) return load();
  const cache = (Module as any)._cache;
  unmockModule(path);
  entries.delete(path);
  try {
    return load();
  } finally {
    entries.set(path, entry);
    delete cache[path];
    mockModule(path, entry.factory !== undefined && isAsync(entry.factory));
  }
}

export function requireActualPath(path: string): unknown {
  if (isBuiltin(path)) {
    const namespace: any = builtin(path);
    return "default" in namespace ? namespace.default : namespace;
  }
  if (actuals.has(path)) return actuals.get(path);
  const loaded = withoutMock(path, () => (Module as any)._load(path, { filename: run.file, path: run.file, paths: [], children: [] }, false));
  actuals.set(path, loaded);
  return loaded;
}

function importActualPath(path: string): Promise<unknown> {
  if (isBuiltin(path)) return Promise.resolve(builtin(path));
  const key = `import ${path}`;
  if (!actuals.has(key)) actuals.set(key, withoutMock(path, () => importFrom(path, "/[actual]")));
  return Promise.resolve(actuals.get(key));
}

export function requireActual(specifier: string): unknown {
  return requireActualPath(pathOf(specifier));
}
export async function importActual(specifier: string): Promise<unknown> {
  return importActualPath(pathOf(specifier));
}
export function requireMock(specifier: string): unknown {
  const path = pathOf(specifier);
  const entry = entries.get(path);
  return entry === undefined ? automock(requireActualPath(path)) : valueOf(entry);
}
export async function importMock(specifier: string): Promise<unknown> {
  const path = pathOf(specifier);
  const entry = entries.get(path);
  if (entry !== undefined) return namespaceFrom(await valueOf(entry));
  return namespaceFrom(automock(await importActualPath(path)));
}
export function createMockFromModule(specifier: string): unknown {
  return generated(pathOf(specifier));
}

/** Called with the path and the mock of each module that is mocked by its shape; each gives the mock to use. */
let generators: Array<(path: string, mock: unknown) => unknown> = [];
export function onGenerateMock(callback: (path: string, mock: unknown) => unknown): void {
  if (typeof callback !== "function") throw new TypeError("onGenerateMock() takes a function");
  generators.push(callback);
}
function generated(path: string): unknown {
  return generators.reduce((mock, callback) => callback(path, mock), automock(requireActualPath(path)) as unknown);
}

// --- registries

function emptyCache(): void {
  const cache = (Module as any)._cache;
  for (const path of Object.keys(cache)) delete cache[path];
  resetModules();
  actuals.clear();
}

/** Modules are evaluated anew; mocks stay, and make their exports anew. */
export function startOver(): void {
  for (const entry of entries.values()) entry.made = false;
  emptyCache();
}

/** `jest.isolateModules(fn)`: a registry for `fn` alone. CommonJS modules of before come back after it. */
export function isolateModules(fn: () => unknown): unknown {
  const cache = (Module as any)._cache;
  const before = { ...cache };
  startOver();
  const back = (): void => {
    emptyCache();
    Object.assign(cache, before);
  };
  let result: any;
  try {
    result = fn();
  } catch (error) {
    back();
    throw error;
  }
  if (result !== null && typeof result === "object" && typeof result.then === "function") {
    return result.then((value: unknown) => { back(); return value; }, (error: unknown) => { back(); throw error; });
  }
  back();
  return undefined;
}

/** Between files. */
run.forget.push(() => {
  for (const path of entries.keys()) unmockModule(path);
  entries.clear();
  actuals.clear();
  generators = [];
});
