// The global `Function`: as the engine's, but a body may use `import()`. The engine has no loader for code made at
// run time, and packages in CommonJS make such functions to reach ES modules.

import { importModule, resolveUrl } from "crust:ops/core";

const usesImport = /(?<![\w$.])import\s*\(/g;

type Importer = (specifier: string, options?: object) => Promise<unknown>;

/** `import()` as a file's own: relative specifiers are resolved beside it. */
function importerOf(file: string): Importer {
  return async (specifier, options) => {
    const text = `${specifier}`;
    const type = (options as any)?.with?.type;
    await undefined;
    // The referrer is of no interest any more once the specifier is a URL: the program's first module stands in.
    return importModule(0, resolveUrl(text, file), type, false);
  };
}

/** The file that made the function, from the stack; the current folder where it does not say. */
function callerFile(): string {
  for (const row of (new Error().stack ?? "").split("\n")) {
    const match = /(?:^|[\s(@])(?:file:\/\/)?(\/[^\n]*?):\d+(?::\d+)?\)?$/.exec(row);
    if (match) return match[1]!;
  }
  return `${process.cwd()}/[eval]`;
}

function makeImporting(Native: FunctionConstructor, parameters: string[], body: string): unknown {
  let name = "$crustImport";
  while (body.includes(name)) name += "_";
  const rewrite = (text: string): string => text.replace(usesImport, `${name}(`);
  const make = Native(name, `return function anonymous(${rewrite(parameters.join(","))}\n) {\n${rewrite(body)}\n}`);
  return make(importerOf(callerFile()));
}

/** Receives the engine's constructor and answers the one that programs see. */
export function extend(Native: FunctionConstructor): FunctionConstructor {
  const Function: any = function (...args: any[]): unknown {
    const texts = args.map((arg) => (typeof arg === "string" ? arg : `${arg}`));
    const body = texts.pop() ?? "";
    usesImport.lastIndex = 0;
    if (usesImport.test(body)) return makeImporting(Native, texts, body);
    return Reflect.construct(Native, args, new.target ?? Function);
  };
  Object.defineProperties(Function, {
    name: { value: "Function", configurable: true },
    length: { value: 1, configurable: true },
    prototype: { value: Native.prototype, writable: false },
  });
  // Those of async functions and generators inherit from it.
  for (const other of [async () => {}, function* () {}, async function* () {}]) Object.setPrototypeOf(other.constructor, Function);
  Object.defineProperty(Native.prototype, "constructor", { value: Function, writable: true, configurable: true });
  return Function;
}
