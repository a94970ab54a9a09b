// What a plugin's setup(build) gets at build time, and the calls of the callbacks it leaves there. Filters are
// matched by the native side, which asks once for each import or module that some filter matches.

import { isObject } from "crust:web/webidl";
import { bytesOfContents, filteredOf, functionOf, loadedOf, missing, pluginOf, resolveArguments, resolvedOf, textOfThrown } from "crust:build_api/callbacks";
import { Lookups, messages } from "crust:build_api/lookups";
import type { Message, Native } from "crust:build_api/lookups";
import type { Filtered } from "crust:build_api/callbacks";

interface Named<T> {
  callback: T;
  plugin: string;
}

/** A question of the native side. */
interface Question {
  id: number;
  kind: "resolve" | "load";
  hooks: number[];
  path: string;
  importer?: string;
  namespace: string;
  importKind?: string;
  loader?: string;
  pluginData: number | null;
}

/** An answer: JSON, and the contents of a module. */
export interface Answer {
  text: string | null;
  bytes: Uint8Array | null;
}

const NOTHING: Answer = { text: null, bytes: null };

/** What callbacks threw, kept for the causes of messages; more than anybody reads is not kept. */
const MOST_THROWN = 1000;

export class Plugins {
  readonly resolve: Filtered[] = [];
  readonly load: Filtered[] = [];
  readonly #start: Named<() => unknown>[] = [];
  readonly #end: Named<(result: unknown) => unknown>[] = [];
  readonly #dispose: (() => unknown)[] = [];
  /** What callbacks give along with modules, by numbers that the native side carries. */
  readonly #data: unknown[] = [];
  readonly #thrown: { text: string; error: unknown }[] = [];
  #open = true;
  readonly #lookups = new Lookups(this.resolve);
  #native: Native | undefined;
  /** Who waits until all other modules are loaded, by question. */
  readonly #deferred = new Map<number, (() => void)[]>();

  /** Runs the setup functions, one after the other. What the first throws at once is thrown. */
  setup(plugins: unknown[], config: object): Promise<void> {
    const checked = plugins.map((plugin) => pluginOf(plugin, true));
    const next = (index: number): Promise<void> => {
      for (let at = index; at < checked.length; at++) {
        const { name, setup } = checked[at]!;
        const waits = setup(this.#builder(name, config));
        if (isObject(waits) && typeof (waits as unknown as Promise<unknown>).then === "function") {
          return Promise.resolve(waits as unknown).then(() => next(at + 1));
        }
      }
      this.#open = false;
      return Promise.resolve();
    };
    return next(0);
  }

  #builder(plugin: string, config: object): object {
    const filtered = (list: Filtered[], method: string) => (options: unknown, callback: unknown) => {
      if (!this.#open) throw new TypeError(`${method} must be called while setup runs`);
      list.push(filteredOf(method, options, callback, plugin));
      return builder;
    };
    const builder = {
      config,
      initialOptions: config,
      onStart: (callback: unknown) => {
        this.#start.push({ callback: functionOf(callback, "onStart") as () => unknown, plugin });
        return builder;
      },
      onEnd: (callback: unknown) => {
        this.#end.push({ callback: functionOf(callback, "onEnd"), plugin });
        return builder;
      },
      onDispose: (callback: unknown) => {
        this.#dispose.push(functionOf(callback, "onDispose") as () => unknown);
        return builder;
      },
      onResolve: filtered(this.resolve, "onResolve"),
      onLoad: filtered(this.load, "onLoad"),
      onBeforeParse: missing("build.onBeforeParse"),
      module: (specifier: unknown, callback: unknown) => {
        if (!this.#open) throw new TypeError("module must be called while setup runs");
        this.#module(specifier, callback, plugin);
        return builder;
      },
      resolve: (specifier: unknown, options: unknown) => this.#lookups.lookUp(specifier, options),
    };
    return builder;
  }

  /** A module of its own: an import of exactly this specifier, and what is loaded there. */
  #module(specifier: unknown, callback: unknown, plugin: string): void {
    const { filter, path } = moduleFilter(specifier);
    const load = functionOf(callback, "module") as () => unknown;
    this.resolve.push({ filter, namespace: "file", plugin, callback: () => ({ path, namespace: "module" }) });
    this.load.push({ filter, namespace: "module", plugin, callback: () => load() });
  }

  /** The build is there: it can be asked. */
  open(native: Native): void {
    this.#native = native;
    this.#lookups.open(native);
  }

  /** All modules but the deferred ones are loaded. */
  goOn(question: number): void {
    const waiting = this.#deferred.get(question) ?? [];
    this.#deferred.delete(question);
    for (const resolve of waiting) resolve();
  }

  /** The function `defer` of one call of a callback. */
  #deferOf(question: number): () => Promise<void> {
    let isCalled = false;
    return () => {
      if (isCalled) throw new Error("Can't call .defer() more than once within an onLoad plugin");
      this.#native!.defer(question);
      isCalled = true;
      return new Promise((resolve) => {
        this.#deferred.set(question, [...(this.#deferred.get(question) ?? []), resolve]);
      });
    };
  }

  async start(): Promise<void> {
    await Promise.all(this.#start.map(({ callback }) => callback()));
  }

  async end(result: unknown): Promise<void> {
    for (const { callback } of this.#end) await callback(result);
  }

  /** Calls every onDispose; what the first of those throw is thrown when all were called. */
  dispose(): void {
    const thrown: unknown[] = [];
    for (const callback of this.#dispose) {
      try {
        callback();
      } catch (error) {
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown[0];
  }

  /** What a callback threw that became this message. */
  causeOf(text: string): { error: unknown } | undefined {
    return this.#thrown.find((thrown) => thrown.text === text);
  }

  /** Asks the callbacks, in their order, until one has an answer. Never throws. */
  async answer(question: Question): Promise<Answer> {
    const isLoad = question.kind === "load";
    const list = isLoad ? this.load : this.resolve;
    const pluginData = question.pluginData === null ? undefined : this.#data[question.pluginData];
    for (const index of question.hooks) {
      const { callback, plugin } = list[index]!;
      try {
        const given = isLoad ? loadArguments(question, this.#deferOf(question.id)) : resolveArguments(question.path, question.importer ?? "", question.namespace, question.importKind!);
        if (pluginData !== undefined) given.pluginData = pluginData;
        const result = await this.#lookups.within(() => callback(given), 0);
        // `return wanted && {…}` has nothing to say when it is false.
        if (!isObject(result)) continue;
        const answer = isLoad ? await this.#loaded(result as object as Record<string, unknown>, plugin) : this.#resolved(result as object as Record<string, unknown>, plugin);
        if (this.#lookups.endless !== undefined) throw this.#lookups.endless;
        if (answer !== null) return answer;
      } catch (error) {
        return this.#failed(error, plugin);
      }
    }
    return NOTHING;
  }

  #failed(error: unknown, plugin: string): Answer {
    const text = textOfThrown(error);
    if (this.#thrown.length < MOST_THROWN) this.#thrown.push({ text, error });
    return { text: JSON.stringify({ errors: [{ text, plugin }] }), bytes: null };
  }

  #resolved(given: Record<string, unknown>, plugin: string): Answer | null {
    const errors = messages(given.errors, plugin);
    const resolved = resolvedOf(given);
    if (resolved === null && errors.length === 0) return null;
    const { sideEffects } = given;
    const text = JSON.stringify({
      ...resolved,
      sideEffects: typeof sideEffects === "boolean" ? sideEffects : undefined,
      ...this.#shared(given, plugin, errors),
    });
    return { text, bytes: null };
  }

  async #loaded(given: Record<string, unknown>, plugin: string): Promise<Answer | null> {
    const errors = messages(given.errors, plugin);
    if (errors.length > 0) return { text: JSON.stringify(this.#shared(given, plugin, errors)), bytes: null };
    const loaded = loadedOf(given);
    const shared = this.#shared(given, plugin, errors);
    if (loaded.exports === undefined) {
      const bytes = await bytesOfContents(loaded.contents);
      return { text: JSON.stringify({ loader: loaded.loader, ...shared }), bytes };
    }
    // Values of this program are none of the bundle's, except what JSON can say.
    const bytes = await bytesOfContents(jsonOf(loaded.exports));
    return { text: JSON.stringify({ loader: "js", ...shared }), bytes };
  }

  #shared(given: Record<string, unknown>, plugin: string, errors: Message[]): object {
    const { pluginData, watchFiles } = given;
    return {
      errors,
      warnings: messages(given.warnings, plugin),
      pluginData: pluginData === undefined ? undefined : this.#data.push(pluginData) - 1,
      watchFiles: Array.isArray(watchFiles) ? watchFiles.map(String) : [],
    };
  }
}

/** The filter of a specifier that is taken as it is. */
export function moduleFilter(specifier: unknown): { filter: RegExp; path: string } {
  if (typeof specifier !== "string" || specifier === "") throw new TypeError("module needs a specifier, which is a string");
  if (/^\.{0,2}\//.test(specifier) || specifier.startsWith(".")) throw new TypeError(`the specifier of a module cannot be a path: "${specifier}"`);
  return { filter: new RegExp(`^${specifier.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}$`), path: specifier };
}

/** A module that exports values, by their JSON. */
function jsonOf(exports: object): string {
  const lines = Object.entries(exports).map(([name, value], index) => {
    const json = JSON.stringify(value);
    if (json === undefined) throw new TypeError(`exports["${name}"] of onLoad is nothing that JSON can hold, which is all that a bundle can take`);
    if (name === "default") return `export default ${json};`;
    return `const value${index} = ${json}; export { value${index} as ${JSON.stringify(name)} };`;
  });
  return lines.join("\n");
}

function loadArguments(question: Question, defer: () => Promise<void>): Record<string, unknown> {
  const { path, namespace, loader } = question;
  return { path, namespace, loader, defer, side: "client" };
}
