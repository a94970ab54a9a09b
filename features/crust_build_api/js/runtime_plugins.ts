// Bun.plugin: plugins of the running program. The module system asks the two functions below for every import and
// every module, once a plugin is registered; their answers are pairs of how it is meant and what it is.

import { hasPlugins, setPlugins } from "crust:ops/core";
import { filteredOf, functionOf, loadedOf, pluginOf, resolveArguments, resolvedOf } from "crust:build_api/callbacks";
import type { Filtered } from "crust:build_api/callbacks";
import { moduleFilter } from "crust:build_api/plugins";
import { decodeUtf8 } from "crust:web/encoding";
import { codedTypeError, isObject } from "crust:web/webidl";

type Pair = [how: string, content: unknown];

/** What a callback's promise came to. */
interface Settled {
  value?: unknown;
  error?: { thrown: unknown };
}

/** Answers that are on their way, or that the module system has not fetched yet. */
const waiting = new Map<string, Promise<void> | Settled>();
let resolvers: Filtered[] = [];
let loaders: Filtered[] = [];

const TARGETS = ["node", "bun", "browser"];

export function plugin(options: unknown): unknown {
  if (!isObject(options)) throw codedTypeError("ERR_INVALID_ARG_TYPE", "plugin needs an object");
  const { name, setup } = pluginOf(options, false);
  const { target } = options as { target?: unknown };
  if (target !== undefined && !TARGETS.includes(target as string)) {
    throw codedTypeError("ERR_INVALID_ARG_VALUE", "plugin target must be one of 'node', 'bun' or 'browser'");
  }
  // Nothing here runs in a browser.
  if (target === "browser") return undefined;
  const done = setup(builderOf(name));
  return isObject(done) && typeof (done as { then?: unknown }).then === "function" ? done : undefined;
}

plugin.clearAll = (): void => {
  resolvers = [];
  loaders = [];
  waiting.clear();
  setPlugins();
};

function builderOf(name: string): object {
  const filtered = (kind: "onResolve" | "onLoad") => (options: unknown, callback: unknown) => {
    add(kind, filteredOf(kind, options, callback, name));
    return builder;
  };
  const builder = {
    target: "bun",
    onResolve: filtered("onResolve"),
    onLoad: filtered("onLoad"),
    module(specifier: unknown, callback: unknown) {
      const { filter, path } = moduleFilter(specifier);
      const load = functionOf(callback, "module") as () => unknown;
      add("onResolve", { filter, namespace: ANY, plugin: name, callback: () => ({ path, namespace: "module" }) });
      add("onLoad", { filter, namespace: "module", plugin: name, callback: () => load() });
      return builder;
    },
  };
  return builder;
}

/** Imports from everywhere lead to a module. */
const ANY = "*";

function add(kind: "onResolve" | "onLoad", filtered: Filtered): void {
  // A test file that is over took its plugins along.
  if (!hasPlugins()) {
    resolvers = [];
    loaders = [];
    waiting.clear();
  }
  // Flags that remember where a search goes on have no meaning for one that starts anew each time.
  const filter = new RegExp(filtered.filter.source, filtered.filter.flags.replace(/[gy]/g, ""));
  (kind === "onResolve" ? resolvers : loaders).push({ ...filtered, filter });
  setPlugins(resolve, load);
}

/** The parts of an id: a path, or a namespace with what is in it. */
function partsOf(id: string): { namespace: string; path: string } {
  const colon = id.startsWith("/") ? -1 : id.indexOf(":");
  return colon < 0 ? { namespace: "file", path: id } : { namespace: id.slice(0, colon), path: id.slice(colon + 1) };
}

function resolve(specifier: string, importerId: string, kind: string): Pair | undefined {
  const importer = partsOf(importerId);
  const matching = resolvers.filter(({ filter, namespace }) => (namespace === ANY || namespace === importer.namespace) && filter.test(specifier));
  if (matching.length === 0) return undefined;
  const ask = ({ callback }: Filtered): unknown => callback(resolveArguments(specifier, importer.path, importer.namespace, kind));
  return asked(`resolve ${kind} ${importerId} ${specifier}`, matching, ask, (given) => {
    const resolved = resolvedOf(given);
    if (resolved === null) return undefined;
    if (resolved.external) return ["external", resolved.path ?? specifier];
    const { namespace = "file", path } = resolved;
    return ["id", namespace === "file" ? path : `${namespace}:${path}`];
  });
}

function load(id: string): Pair | undefined {
  const { namespace, path } = partsOf(id);
  const matching = loaders.filter((filtered) => filtered.namespace === namespace && filtered.filter.test(path));
  if (matching.length === 0) return undefined;
  return asked(`load ${id}`, matching, ({ callback }) => callback({ path, namespace }), (given) => {
    const { contents, exports, loader } = loadedOf(given);
    if (exports !== undefined) return ["object", namespaceOf(exports)];
    if (contents instanceof Promise) return ["wait", contents];
    return [loader ?? "", typeof contents === "string" ? contents : decodeUtf8(contents!)];
  });
}

/** Asks callbacks in their order until one has an answer. A promise is waited for outside, and found the next time. */
function asked(key: string, callbacks: Filtered[], ask: (callback: Filtered) => unknown, read: (given: Record<string, unknown>) => Pair | undefined): Pair | undefined {
  for (const [index, callback] of callbacks.entries()) {
    const answer = settled(`${index} ${key}`, () => ask(callback));
    if (answer instanceof Promise) return ["wait", answer];
    if (!isObject(answer)) continue;
    const pair = read(answer as object as Record<string, unknown>);
    if (pair === undefined) continue;
    if (pair[0] !== "wait") return forget(key, index, pair);
    // The bytes of a Blob.
    const bytes = settled(`${index} bytes ${key}`, () => pair[1]);
    if (bytes instanceof Promise) return ["wait", bytes];
    const { loader } = answer as { loader?: string };
    return forget(key, index, [loader ?? "", decodeUtf8(bytes as Uint8Array)]);
  }
  return forget(key, callbacks.length - 1, undefined);
}

/** The answers of a question that is answered are of no use any more. */
function forget<T>(key: string, last: number, answer: T): T {
  if (waiting.size > 0) {
    for (let index = 0; index <= last; index++) {
      waiting.delete(`${index} ${key}`);
      waiting.delete(`${index} bytes ${key}`);
    }
  }
  return answer;
}

/** What a call gives: at once, or a promise of nothing whose outcome the same call finds later. */
function settled(key: string, call: () => unknown): unknown {
  const known = waiting.get(key);
  if (known instanceof Promise) return known;
  if (known !== undefined) {
    if (known.error === undefined) return known.value;
    waiting.delete(key);
    throw known.error.thrown;
  }
  const given = call();
  if (!isObject(given) || typeof (given as unknown as Promise<unknown>).then !== "function") return given;
  const done = (outcome: Settled): void => void (waiting.get(key) === promise && waiting.set(key, outcome));
  const promise = Promise.resolve(given as unknown).then((value) => done({ value }), (thrown) => done({ error: { thrown } }));
  waiting.set(key, promise);
  return promise;
}

/** A module's namespace: the values as they are now. */
function namespaceOf(exports: object): object {
  const namespace = Object.create(null);
  for (const name of Object.keys(exports).sort()) {
    Object.defineProperty(namespace, name, { value: (exports as Record<string, unknown>)[name], enumerable: true });
  }
  Object.defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
  return Object.freeze(namespace);
}
