// Bun.Transpiler: one source by itself. Syntax errors are thrown as BuildMessages, several as an AggregateError.

import { scanSource, transpileSource } from "crust:ops/build_api";
import { messageOf } from "crust:build_api/messages";
import type { Log } from "crust:build_api/messages";
import { bytesOf, codedTypeError, isBufferSource, isObject } from "crust:web/webidl";
import { decodeUtf8 } from "crust:web/encoding";

type Script = "js" | "jsx" | "ts" | "tsx";

interface Import {
  kind: string;
  path: string;
}

const SCRIPTS = ["js", "jsx", "ts", "tsx"];
/** Of single calls: what becomes a module with one export. */
const DATA: Record<string, (source: string) => unknown> = {
  __proto__: null as never,
  json: (source) => JSON.parse(source),
  jsonc: (source) => parserOf("JSONC")(source),
  json5: (source) => parserOf("JSON5")(source),
  toml: (source) => parserOf("TOML")(source),
  yaml: (source) => parserOf("YAML")(source),
  text: (source) => source,
};

/** Options that change what comes out, and would be lost in silence. */
const MISSING = ["macro", "exports", "replMode"];
const LOG_LEVELS = ["verbose", "debug", "info", "warn", "error"];

export class Transpiler {
  readonly #loader: Script;
  readonly #config: string;
  readonly #trims: boolean;

  constructor(options: Record<string, unknown> | null = {}) {
    const given = options ?? {};
    if (!isObject(given)) throw wrongType("Expected an object");
    for (const name of MISSING) {
      const value = given[name];
      if (value !== undefined && value !== null && value !== false) {
        throw Object.assign(new TypeError(`Bun.Transpiler: the option "${name}" is not part of this version of Crust`), { code: "ERR_NOT_IMPLEMENTED" });
      }
    }
    const { target, logLevel } = given;
    if (target !== undefined && typeof target !== "string") throw wrongType("target must be a string");
    if (logLevel !== undefined && !LOG_LEVELS.includes(logLevel as string)) throw wrongType(`logLevel must be one of ${LOG_LEVELS.join(", ")}`);
    this.#loader = scriptOf(given.loader ?? "jsx");
    this.#trims = Boolean(given.trimUnusedImports);
    const compiler = compilerOptionsOf(given.tsconfig);
    this.#config = JSON.stringify({
      define: definesOf(given.define),
      jsxFactory: compiler.jsxFactory,
      jsxFragment: compiler.jsxFragmentFactory,
      jsxImportSource: compiler.jsxImportSource,
      jsxRuntime: compiler.jsx === "react" ? "classic" : undefined,
      trimUnusedImports: this.#trims,
      minify: smallerOf(given),
    });
  }

  transformSync(code: string | BufferSource, loader?: unknown): string {
    const source = textOf(code, "transformSync");
    return this.#transform(source, typeof loader === "string" ? loader : this.#loader);
  }

  /** What cannot be a source is thrown at once, as Bun does; what is wrong in it rejects. */
  transform(code: string | BufferSource, loader?: unknown): Promise<string> {
    const source = textOf(code, "transform");
    const chosen = typeof loader === "string" ? checkedLoader(loader) : this.#loader;
    return new Promise((resolve) => resolve(this.#transform(source, chosen)));
  }

  #transform(source: string, loader: string): string {
    const read = DATA[checkedLoader(loader)];
    if (read !== undefined) return `export default ${JSON.stringify(read(source))};\n`;
    return (answer(transpileSource(source, loader, this.#config) as string) as { code: string }).code;
  }

  scan(code: string | BufferSource): { exports: string[]; imports: Import[] } {
    const { exports, imports } = this.#scan(textOf(code, "scan"));
    const isStatement = ({ kind }: Import): boolean => kind === "import-statement";
    return { exports, imports: [...imports.filter(isStatement), ...imports.filter((found) => !isStatement(found))] };
  }

  scanImports(code: string | BufferSource): Import[] {
    return this.#scan(textOf(code, "scanImports")).imports.filter(({ kind }) => kind !== "require-resolve");
  }

  #scan(source: string): { exports: string[]; imports: Import[] } {
    return answer(scanSource(source, this.#loader, this.#trims) as string) as { exports: string[]; imports: Import[] };
  }
}

function wrongType(message: string): TypeError {
  return codedTypeError("ERR_INVALID_ARG_TYPE", message);
}

function parserOf(name: string): (source: string) => unknown {
  return (Bun as unknown as Record<string, { parse(source: string): unknown }>)[name]!.parse;
}

/** `minify` with its parts, `minifyWhitespace`, `inline` and `deadCodeElimination`. */
function smallerOf({ minify, minifyWhitespace, inline, deadCodeElimination, treeShaking }: Record<string, unknown>): object {
  const parts = (isObject(minify) ? minify : { whitespace: minify, syntax: minify, identifiers: minify }) as Record<string, unknown>;
  return {
    whitespace: Boolean(parts.whitespace) || Boolean(minifyWhitespace),
    syntax: Boolean(parts.syntax),
    identifiers: Boolean(parts.identifiers),
    inline: Boolean(inline),
    deadCode: Boolean(deadCodeElimination) || Boolean(treeShaking),
  };
}

function compilerOptionsOf(tsconfig: unknown): Record<string, string> {
  if (tsconfig === undefined || tsconfig === null) return {};
  if (typeof tsconfig !== "string" && !isObject(tsconfig)) throw wrongType("tsconfig must be a string or an object");
  const parsed = typeof tsconfig === "string" ? parserOf("JSONC")(tsconfig) : tsconfig;
  return (isObject(parsed) ? (parsed as { compilerOptions?: Record<string, string> }).compilerOptions : undefined) ?? {};
}

function definesOf(define: unknown): [string, string][] {
  if (define === undefined || define === null) return [];
  if (!isObject(define)) throw wrongType("define must be an object");
  return Object.entries(define as object).map(([name, value]) => {
    if (typeof value !== "string") throw wrongType(`define "${name}" must be a JSON string`);
    return [name, value];
  });
}

function scriptOf(loader: unknown): Script {
  if (typeof loader !== "string") throw wrongType("loader must be a string");
  if (!SCRIPTS.includes(loader)) throw wrongType(`Invalid loader: "${loader}" is none of ${SCRIPTS.join(", ")}`);
  return loader as Script;
}

function checkedLoader(loader: string): string {
  if (SCRIPTS.includes(loader) || DATA[loader] !== undefined) return loader;
  throw wrongType(`Invalid loader: "${loader}" is none of ${[...SCRIPTS, ...Object.keys(DATA)].join(", ")}`);
}

function textOf(code: unknown, method: string): string {
  if (typeof code === "string") return code;
  if (isBufferSource(code)) return decodeUtf8(bytesOf(code));
  throw wrongType(`Expected code to be a string or Uint8Array for '${method}'`);
}

function answer(text: string): object {
  const answer = JSON.parse(text) as { logs?: Log[] };
  if (answer.logs === undefined) return answer;
  const errors = answer.logs.map((log) => messageOf(log));
  throw errors.length === 1 ? errors[0] : new AggregateError(errors, "Parse error");
}
