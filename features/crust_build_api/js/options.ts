// Options of Bun.build: checked for their types, and made into what the native side reads as JSON.

import { encodeUtf8 } from "crust:web/encoding";
import { blobBytesInMemory, isBlob } from "crust:web/blob";
import { bytesOf, codedTypeError, isBufferSource, isObject } from "crust:web/webidl";

export type Options = Record<string, unknown>;

/** Options of Bun that mean something here, and would be lost in silence. */
const MISSING = ["bytecode", "reactFastRefresh", "reactCompiler", "optimizeImports", "cssChunking", "app", "allowUnresolved", "emitDCEAnnotations"];

/** The options as the native side takes them. Throws what is wrong with them. */
export function configOf(options: Options): object {
  refuseMissing(options);
  if (options.throw !== undefined && typeof options.throw !== "boolean") throw wrongType("throw", "a boolean");
  if (options.entrypoints === undefined || options.entrypoints === null) throw wrongType("entrypoints", "an array of strings");
  const entrypoints = strings(options.entrypoints, "entrypoints").map(fromUrl);
  if (entrypoints.length === 0) throw codedTypeError("ERR_INVALID_ARG_VALUE", "Expected entrypoints to be a non-empty array");
  const compile = compileOf(options.compile);
  const metafile = metafileOf(options.metafile);
  if (compile !== undefined && (metafile.path ?? metafile.textPath) !== undefined) {
    throw Object.assign(new TypeError("Bun.build: a metafile as a file is not part of this version of Crust with compile"), { code: "ERR_NOT_IMPLEMENTED" });
  }
  if (options.dts !== undefined && typeof options.dts !== "boolean") throw wrongType("dts", "a boolean");
  const dts = options.dts === true;
  if (dts && compile !== undefined) throw codedTypeError("ERR_INVALID_ARG_VALUE", "dts does not go with compile");
  const env = options.env === false ? undefined : text(options.env, "env");
  return {
    directory: process.cwd(),
    entrypoints,
    root: text(options.root, "root"),
    outdir: text(options.outdir, "outdir") || undefined,
    target: text(options.target, "target"),
    format: text(options.format, "format"),
    naming: namingOf(options.naming),
    splitting: Boolean(options.splitting),
    minify: minifyOf(options.minify),
    sourcemap: sourcemapOf(options.sourcemap, options.outdir),
    external: strings(options.external, "external"),
    packages: text(options.packages, "packages"),
    define: record(options.define, "define"),
    drop: strings(options.drop, "drop"),
    env,
    variables: env === undefined || env === "disable" ? {} : { ...process.env },
    loader: loadersOf(options.loader),
    conditions: typeof options.conditions === "string" ? [options.conditions] : strings(options.conditions, "conditions"),
    publicPath: text(options.publicPath, "publicPath") ?? "",
    banner: text(options.banner, "banner") ?? "",
    footer: text(options.footer, "footer") ?? "",
    jsx: jsxOf(options.jsx),
    tsconfig: text(options.tsconfig, "tsconfig"),
    production: process.env.NODE_ENV === "production",
    features: strings(options.features, "features"),
    ignoreDceAnnotations: Boolean(options.ignoreDCEAnnotations),
    alias: record(options.alias, "alias"),
    inject: strings(options.inject, "inject"),
    dts,
    metafile: metafile.wanted,
    metafilePath: metafile.path,
    metafileTextPath: metafile.textPath,
    compile,
  };
}

function refuseMissing(options: Options): void {
  for (const name of MISSING) {
    if (options[name] !== undefined && options[name] !== null && options[name] !== false) {
      const message = `Bun.build: the option "${name}" is not part of this version of Crust`;
      throw Object.assign(new TypeError(message), { code: "ERR_NOT_IMPLEMENTED" });
    }
  }
}

/** Whether a metafile is wanted, and the files that it and the same for people are written to. */
function metafileOf(metafile: unknown): { wanted: boolean; path?: string; textPath?: string } {
  if (metafile === undefined || metafile === null) return { wanted: false };
  if (typeof metafile === "boolean") return { wanted: metafile };
  if (typeof metafile === "string") return { wanted: true, path: metafile };
  if (!isObject(metafile)) throw wrongType("metafile", "a boolean, a string, or an object with the paths \"json\" and \"markdown\"");
  const { json, markdown } = metafile as Options;
  // An empty path is none, as in Bun.
  return { wanted: true, path: text(json, "metafile.json") || undefined, textPath: text(markdown, "metafile.markdown") || undefined };
}

/** What is said of a single executable. */
function compileOf(compile: unknown): object | undefined {
  if (compile === undefined || compile === null || compile === false) return undefined;
  if (compile === true) return {};
  if (typeof compile === "string") return { target: targetOf(compile) };
  if (!isObject(compile)) throw wrongType("compile", "a boolean, a string or an object");
  const { target, outfile, execArgv, executablePath, ...others } = compile as Options;
  for (const [name, value] of Object.entries(others)) {
    // What Bun reads beside its executables is not read here: there is nothing to turn off.
    if (value === undefined || value === null || (name.startsWith("autoload") && value === false)) continue;
    throw Object.assign(new TypeError(`Bun.build: the option "compile.${name}" is not part of this version of Crust`), { code: "ERR_NOT_IMPLEMENTED" });
  }
  return {
    target: targetOf(target),
    outfile: text(outfile, "compile.outfile") || undefined,
    execArgv: strings(execArgv, "compile.execArgv"),
    executablePath: text(executablePath, "compile.executablePath"),
  };
}

function targetOf(target: unknown): string | undefined {
  const name = text(target, "compile.target");
  if (name !== undefined && name !== "bun" && !name.startsWith("bun-")) {
    throw codedTypeError("ERR_INVALID_ARG_VALUE", `compile.target must start with "bun-": "${name}"`);
  }
  return name;
}

function namingOf(naming: unknown): object {
  if (naming === undefined || naming === null || naming === "") return {};
  if (typeof naming === "string") return { entry: naming };
  if (!isObject(naming)) throw wrongType("naming", "a string or an object");
  const { entry, chunk, asset } = naming as Options;
  return { entry: text(entry, "naming.entry"), chunk: text(chunk, "naming.chunk"), asset: text(asset, "naming.asset") };
}

function minifyOf(minify: unknown): object {
  if (minify === undefined || minify === null) return {};
  if (typeof minify === "boolean") return { whitespace: minify, syntax: minify, identifiers: minify };
  if (!isObject(minify)) throw wrongType("minify", "a boolean or an object");
  const { whitespace, syntax, identifiers, keepNames } = minify as Options;
  return { whitespace: Boolean(whitespace), syntax: Boolean(syntax), identifiers: Boolean(identifiers), keepNames: Boolean(keepNames) };
}

function sourcemapOf(sourcemap: unknown, outdir: unknown): string | undefined {
  if (sourcemap === true) return outdir ? "linked" : "inline";
  if (sourcemap === false || sourcemap === "") return "none";
  return text(sourcemap, "sourcemap");
}

function loadersOf(loaders: unknown): Record<string, string> {
  const found = record(loaders, "loader");
  for (const extension of Object.keys(found)) {
    if (!extension.startsWith(".") || extension === ".") {
      throw codedTypeError("ERR_INVALID_ARG_VALUE", `loader["${extension}"] must be named by a file extension, such as ".txt"`);
    }
  }
  return found;
}

function jsxOf(jsx: unknown): object {
  if (jsx === undefined || jsx === null) return {};
  if (!isObject(jsx)) throw wrongType("jsx", "an object");
  const { runtime, importSource, factory, fragment, development, sideEffects } = jsx as Options;
  return {
    runtime: text(runtime, "jsx.runtime"),
    importSource: text(importSource, "jsx.importSource"),
    factory: text(factory, "jsx.factory"),
    fragment: text(fragment, "jsx.fragment"),
    development: development === undefined ? undefined : Boolean(development),
    sideEffects: Boolean(sideEffects),
  };
}

/** A virtual file: its path, and what it holds. */
export type File = [path: string, content: string | BufferSource | Blob];

/** The virtual files, checked for what they are. */
export function filesOf(files: unknown): File[] {
  if (files === undefined) return [];
  if (!isObject(files)) throw wrongType("files", "an object");
  return Object.entries(files as object).map(([path, content]) => {
    if (typeof content !== "string" && !isBufferSource(content) && !isBlob(content)) {
      throw wrongType(`files["${path}"]`, "a string, a Blob, a TypedArray or an ArrayBuffer");
    }
    return [path, content as File[1]];
  });
}

/** The bytes of what stands for a file's content. */
export function contentBytes(content: File[1]): Uint8Array | Promise<Uint8Array> {
  if (typeof content === "string") return encodeUtf8(content);
  if (isBufferSource(content)) return bytesOf(content);
  return blobBytesInMemory(content as never) ?? (content as Blob).arrayBuffer().then((bytes) => new Uint8Array(bytes));
}

function wrongType(name: string, wanted: string): TypeError {
  return codedTypeError("ERR_INVALID_ARG_TYPE", `${name} must be ${wanted}`);
}

function text(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw wrongType(name, "a string");
  return value;
}

/** A list that may be left out. */
export function arrayOf(value: unknown, name: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(name, "an array");
  return value;
}

function strings(value: unknown, name: string): string[] {
  return arrayOf(value, name).map((item, index) => {
    if (item instanceof URL) return String(item);
    if (typeof item !== "string") throw wrongType(`${name}[${index}]`, "a string");
    return item;
  });
}

function fromUrl(path: string): string {
  return path.startsWith("file://") ? Bun.fileURLToPath(path) : path;
}

function record(value: unknown, name: string): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw wrongType(name, "an object");
  const entries = Object.entries(value as object).map(([key, item]) => {
    if (typeof item !== "string") throw wrongType(`${name}["${key}"]`, "a string");
    return [key, item];
  });
  return Object.fromEntries(entries);
}
