// Macros: calls that are made while a file is read, and what they give as the text of an expression. Both the bundler
// and the module loader come here.

import { importFrom, macroPath, macrosAnswered } from "crust:ops/core";

/** A call as the transpiler notes it. */
interface MacroCall {
  specifier: string;
  export: string;
  /** JavaScript of the array of arguments; `$[n]` is what call n gave. */
  arguments: string;
  /** Members of the result that are read at once. */
  members: string[];
}

/** The text of a value, or what is wrong. */
type Result = { value: string; members: number } | { error: string; hint?: string; import?: boolean };

/** A file whose macros are to be called. */
interface File {
  importer: string;
  calls: MacroCall[];
}

/** A failure that is told as it is. */
class Refusal extends Error {
  declare readonly atImport: boolean;

  constructor(message: string, atImport = false) {
    super(message);
    this.atImport = atImport;
  }
}

/** What is longer is no constant of a program. */
const LONGEST = 64 << 20;
/** Levels of arrays and objects; those who read the text recurse. */
const DEEPEST = 500;

/** Calls the macros of a file, one after the other. Never rejects. */
export async function runMacros({ importer, calls }: File): Promise<Result[]> {
  const values: unknown[] = [];
  const results: Result[] = [];
  for (const call of calls) {
    try {
      const value = await settled(await called(call, importer, values));
      values.push(value);
      const { read, members } = readMembers(value, call.members);
      results.push({ value: textOf(read, call.export), members });
    } catch (error) {
      values.push(undefined);
      results.push(failure(call, error));
    }
  }
  return results;
}

/** Has the macros of files called that the module loader reads. */
export async function answerMacros(files: File[]): Promise<void> {
  for (const file of files) macrosAnswered(file.importer, await runMacros(file));
}

async function called(call: MacroCall, importer: string, values: unknown[]): Promise<unknown> {
  if (importer.includes("/node_modules/")) throw new Refusal("For security reasons, macros cannot be run from node_modules", true);
  const path = macroPath(call.specifier, importer) as string | undefined;
  if (path === undefined) throw new Refusal(`Macro "${call.specifier}" not found`, true);
  const module = await importFrom(path, importer, null) as Record<string, unknown>;
  if (!(call.export in module)) throw new Refusal(`Macro "${call.export}" not found in "${call.specifier}"`);
  const macro = module[call.export];
  if (typeof macro !== "function") throw new Refusal(`"${call.export}" of "${call.specifier}" is no function, so it is no macro`);
  // The transpiler lets nothing into this text but literals and operators.
  const given = new Function("$", `return ${call.arguments}`)(values) as unknown[];
  return Reflect.apply(macro, undefined, given);
}

/** What a value stands for: the content of responses and blobs. */
async function settled(value: unknown): Promise<unknown> {
  if (value instanceof Response) return contentOf(await value.blob(), value.headers.get("content-type") ?? "");
  if (value instanceof Blob) return contentOf(value, value.type);
  return value;
}

async function contentOf(blob: Blob, type: string): Promise<unknown> {
  const essence = type.split(";")[0]!.trim().toLowerCase();
  if (/^application\/(?:[\w.-]+\+)?json$/.test(essence)) return JSON.parse(await blob.text());
  const isText = essence.startsWith("text/") || /^application\/(?:javascript|ecmascript|xml|[\w.-]+\+xml)$/.test(essence);
  if (isText) return blob.text();
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return `data:${type};base64,${bytes.toBase64()}`;
}

function failure(call: MacroCall, error: unknown): Result {
  if (error instanceof Refusal) return { error: error.message, import: error.atImport };
  // A macro of the macro's module failed: that is what is wrong.
  if (error instanceof SyntaxError && /^The (?:macro "|modules of this file's macros)/.test(error.message)) return { error: error.message };
  const shown = { error: `The macro "${call.export}" threw: ${thrownText(error)}` };
  const place = placeOf(error);
  return place === undefined ? shown : { ...shown, hint: place };
}

/** The value of the members that are read, as far as a value has them itself. */
function readMembers(value: unknown, names: string[]): { read: unknown; members: number } {
  let [read, members] = [value, 0];
  for (const name of names) {
    const isPlain = typeof read === "string" || Array.isArray(read) || Object.prototype.toString.call(read) === "[object Object]";
    if (!isPlain || !Object.hasOwn(read as object, name)) break;
    read = (read as Record<string, unknown>)[name];
    members++;
  }
  return { read, members };
}

/** Anything can be thrown, and nothing here throws again. */
function thrownText(error: unknown): string {
  try {
    return String(error);
  } catch {
    return "a value that has no text";
  }
}

/** Where an error was made: the first frame that is a file's. */
function placeOf(error: unknown): string | undefined {
  try {
    const { stack } = error as { stack?: unknown };
    const frames = typeof stack === "string" ? stack.split("\n").slice(1) : [];
    return frames.map((frame) => frame.trim()).find((frame) => /^at .*\/.+:\d/.test(frame));
  } catch {
    return undefined;
  }
}

function textOf(value: unknown, name: string): string {
  const writer = new Writer(name);
  writer.write(value);
  return writer.finish();
}

/** Writes a value as JavaScript, in one line. */
class Writer {
  readonly #name: string;
  readonly #parts: string[] = [];
  readonly #open = new Set<object>();
  #length = 0;

  constructor(name: string) {
    this.#name = name;
  }

  finish(): string {
    return this.#parts.join("");
  }

  #put(text: string): void {
    this.#length += text.length;
    if (this.#length > LONGEST) this.#refuse(`a value of more than ${LONGEST >> 20} MiB`);
    this.#parts.push(text);
  }

  #refuse(what: string): never {
    throw new Refusal(`The macro "${this.#name}" gave ${what}, which cannot be written into the program; give JSON-like values`);
  }

  write(value: unknown): void {
    switch (typeof value) {
      case "string":
        return this.#put(quoted(value));
      case "number":
        return this.#put(numberText(value));
      case "boolean":
        return this.#put(String(value));
      case "undefined":
        return this.#put("void 0");
      case "object":
        return value === null ? this.#put("null") : this.#object(value);
      case "function":
        return this.#refuse("a function");
      default:
        return this.#refuse(`a ${typeof value}`);
    }
  }

  #object(value: object): void {
    if (value instanceof Boolean || value instanceof Number || value instanceof String) return this.write(value.valueOf());
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return this.#put(quoted(bytesOf(value).toBase64()));
    if (this.#open.has(value)) this.#refuse("an object that holds itself");
    if (this.#open.size >= DEEPEST) this.#refuse(`a value of more than ${DEEPEST} levels`);
    this.#open.add(value);
    if (Array.isArray(value)) this.#array(value);
    else if (Object.prototype.toString.call(value) === "[object Object]") this.#properties(value as Record<string, unknown>);
    else this.#refuse(`a value of the type ${Object.prototype.toString.call(value).slice(8, -1)}`);
    this.#open.delete(value);
  }

  #array(value: unknown[]): void {
    this.#put("[");
    // Holes are written as well, so that lengths are right.
    for (let index = 0; index < value.length; index++) {
      if (index > 0) this.#put(",");
      this.write(value[index]);
    }
    this.#put("]");
  }

  #properties(value: Record<string, unknown>): void {
    this.#put("{");
    for (const [index, key] of Object.keys(value).entries()) {
      this.#put(`${index > 0 ? "," : ""}${nameText(key)}:`);
      this.write(value[key]);
    }
    this.#put("}");
  }
}

function bytesOf(value: ArrayBufferView | ArrayBuffer): Uint8Array {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function nameText(key: string): string {
  // In brackets it is a property as any other.
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (separator) => (separator === "\u2028" ? "\\u2028" : "\\u2029"));
}

/** Names may mean something else where the text goes. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return "0/0";
  if (!Number.isFinite(value)) return value > 0 ? "1/0" : "-1/0";
  return Object.is(value, -0) ? "-0" : String(value);
}
