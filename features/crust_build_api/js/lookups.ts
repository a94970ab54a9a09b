// build.resolve of plugins: where an import would lead that nobody wrote. The callbacks of onResolve are asked first,
// then the bundler's resolver.

import { resolveArguments, resolvedOf, textOfThrown } from "crust:build_api/callbacks";
import type { Filtered } from "crust:build_api/callbacks";
import { isObject } from "crust:web/webidl";

/** An error or a warning, as the native side reads it. */
export interface Message {
  text: string;
  plugin: string;
  location: object | undefined;
}

/** What the build of these plugins does. */
export interface Native {
  /** Has the question called again when all other modules are loaded. */
  defer(question: number): void;
  /** JSON of an import to JSON of where it leads. */
  resolve(wanted: string): Promise<string>;
}

/** An answer in esbuild's shape. */
interface Found {
  errors: object[];
  warnings: object[];
  path: string;
  external: boolean;
  sideEffects: boolean;
  namespace: string;
  suffix: string;
  pluginData: unknown;
}

interface Wanted {
  path: string;
  importer: string;
  namespace: string;
  resolveDir: string;
  kind: string;
  pluginData: unknown;
}

const KINDS = ["entry-point", "import-statement", "require-call", "dynamic-import", "require-resolve", "import-rule", "composes-from", "url-token"];

/** Callbacks that ask for what they are asked for: more levels than any chain of plugins has. */
const MOST_LEVELS = 100;
/** Questions that are open at once. A callback that asks itself after an await is known by their number only. */
const MOST_OPEN = 100_000;
/** Open questions for one and the same import; each module may ask once for the same. */
const MOST_ALIKE = 10_000;

export class Lookups {
  /** What was wrong with a callback that asked itself without end. The build fails with it, whoever caught it. */
  endless: Error | undefined;
  readonly #callbacks: Filtered[];
  #native: Native | undefined;
  /** How deep the callback is that runs now. */
  #level = 0;
  #openCount = 0;
  readonly #alike = new Map<string, number>();

  constructor(callbacks: Filtered[]) {
    this.#callbacks = callbacks;
  }

  open(native: Native): void {
    this.#native = native;
  }

  /** Calls a callback on a level; what it looks up at once is on the next. */
  within<T>(call: () => T, level: number): T {
    const before = this.#level;
    this.#level = level;
    try {
      return call();
    } finally {
      this.#level = before;
    }
  }

  /** `build.resolve(specifier, options)`. */
  async lookUp(specifier: unknown, options: unknown): Promise<Found> {
    const native = this.#native;
    if (native === undefined) throw new Error('Cannot call "resolve" before plugin setup has completed');
    const wanted = wantedOf(specifier, options);
    const level = this.#level + 1;
    const key = JSON.stringify([wanted.path, wanted.importer, wanted.namespace, wanted.resolveDir, wanted.kind]);
    const alike = (this.#alike.get(key) ?? 0) + 1;
    if (level > MOST_LEVELS || alike > MOST_ALIKE || this.#openCount >= MOST_OPEN) throw this.#tooDeep(wanted);
    this.#alike.set(key, alike);
    this.#openCount++;
    try {
      return (await this.#ask(wanted, level)) ?? foundOf(JSON.parse(await native.resolve(JSON.stringify(wanted))));
    } finally {
      this.#openCount--;
      const left = this.#alike.get(key)! - 1;
      if (left > 0) this.#alike.set(key, left);
      else this.#alike.delete(key);
    }
  }

  #tooDeep(wanted: Wanted): Error {
    const text = `build.resolve("${wanted.path}") does not end: an onResolve callback asks for what it is asked for. Mark its own questions with pluginData, and leave those alone`;
    this.endless ??= Object.assign(new Error(text), { code: "ERR_BUILD_RESOLVE_ENDLESS" });
    return this.endless;
  }

  /** What the first callback says that has something to say. */
  async #ask(wanted: Wanted, level: number): Promise<Found | undefined> {
    for (const { filter, namespace, callback, plugin } of this.#callbacks) {
      if (namespace !== wanted.namespace || !matches(filter, wanted.path)) continue;
      const given = { ...resolveArguments(wanted.path, wanted.importer, wanted.namespace, wanted.kind), resolveDir: wanted.resolveDir };
      if (wanted.pluginData !== undefined) Object.assign(given, { pluginData: wanted.pluginData });
      try {
        const answer = await this.within(() => callback(given), level);
        const found = isObject(answer) ? answered(answer as object as Record<string, unknown>, wanted, plugin) : undefined;
        if (found !== undefined) return found;
      } catch (error) {
        return foundOf({ errors: [{ text: textOfThrown(error), pluginName: plugin, detail: error }] });
      }
    }
    return undefined;
  }
}

function wantedOf(specifier: unknown, options: unknown): Wanted {
  if (typeof specifier !== "string") throw new TypeError("The path to resolve must be a string");
  const { importer = "", namespace = "", resolveDir, kind, pluginData } = (isObject(options) ? options : {}) as Record<string, unknown>;
  if (kind === undefined) throw new TypeError('Must specify "kind" when calling "resolve"');
  if (typeof kind !== "string" || !KINDS.includes(kind)) throw new TypeError(`Invalid kind: "${String(kind)}"`);
  const texts = { importer, namespace, resolveDir: resolveDir ?? "" };
  for (const [name, value] of Object.entries(texts)) {
    if (typeof value !== "string") throw new TypeError(`"${name}" must be a string`);
  }
  const { importer: from, namespace: space, resolveDir: folder } = texts as Record<string, string>;
  const known = resolveArguments(specifier, from!, space || "file", kind);
  return { path: specifier, importer: from!, namespace: space || "file", resolveDir: folder || (known.resolveDir as string), kind, pluginData };
}

function matches(filter: RegExp, path: string): boolean {
  // Flags that remember where a search goes on have no meaning for one that starts anew each time.
  filter.lastIndex = 0;
  return filter.test(path);
}

/** A callback's answer, if it has one. */
function answered(given: Record<string, unknown>, wanted: Wanted, plugin: string): Found | undefined {
  const errors = messages(given.errors, plugin);
  const resolved = resolvedOf(given);
  if (resolved === null && errors.length === 0) return undefined;
  const { path = wanted.path, namespace, external } = resolved ?? {};
  const { sideEffects, pluginData } = given;
  const found = { path, namespace, external, sideEffects, pluginData, warnings: messages(given.warnings, plugin).map(shown) };
  return foundOf(errors.length > 0 ? { errors: errors.map(shown), warnings: found.warnings } : found);
}

function shown({ text, plugin, location }: Message): object {
  return { text, pluginName: plugin, location: location ?? null };
}

/** An answer with all its properties. */
function foundOf(given: Record<string, unknown>): Found {
  const errors = ((given.errors ?? []) as object[]).map(whole);
  const warnings = ((given.warnings ?? []) as object[]).map(whole);
  const isFound = errors.length === 0;
  return {
    errors,
    warnings,
    path: isFound ? (given.path as string) : "",
    external: given.external === true,
    sideEffects: given.sideEffects !== false,
    namespace: isFound && given.external !== true ? ((given.namespace as string | undefined) ?? "file") : ((given.namespace as string | undefined) ?? ""),
    suffix: "",
    pluginData: given.pluginData,
  };
}

function whole(message: object): object {
  return { id: "", pluginName: "", location: null, notes: [], detail: undefined, ...message };
}

/** Errors or warnings that a callback gives. */
export function messages(given: unknown, plugin: string): Message[] {
  if (!Array.isArray(given)) return [];
  return given.map((message) => {
    const { text, location } = (isObject(message) ? message : { text: message }) as { text?: unknown; location?: unknown };
    return { text: String(text), plugin, location: isObject(location) ? locationOf(location as object) : undefined };
  });
}

/** A place as the native side reads it, whatever it was written as. */
function locationOf(location: Record<string, unknown>): object {
  const { file, line, column, length, lineText } = location;
  const whole = (value: unknown): number => Math.min(Math.max(Math.trunc(Number(value)) || 0, 0), 0xffff_fffe);
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  return { file: text(file), line: whole(line), column: whole(column), length: whole(length), lineText: text(lineText) };
}
