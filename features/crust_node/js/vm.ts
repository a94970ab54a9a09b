// `node:vm`: code in the current global object. Other contexts are not there yet and refuse.

import { codes, notImplemented } from "crust:node/internal/errors";
import { validateArray, validateObject, validateString } from "crust:node/internal/validators";

function optionsOf(options: any): any {
  if (options === undefined) return {};
  if (typeof options === "string") return { filename: options };
  validateObject(options, "options");
  if (options.filename !== undefined) validateString(options.filename, "options.filename");
  if (options.timeout !== undefined) notImplemented("vm: the option timeout");
  return options;
}

/** Names the file in stacks, which the engine takes from this comment where it can. */
function withName(code: string, filename: string | undefined): string {
  return filename && !/[\n\r]/.test(filename) ? `${code}\n//# sourceURL=${filename}` : code;
}

// Indirect: the global scope, never this module's.
const evaluate = (code: string): unknown => (0, eval)(code);

export class Script {
  #code: string;
  cachedDataRejected: boolean | undefined;
  sourceMapURL: string | undefined;

  constructor(code: any, options?: any) {
    const { filename = "evalmachine.<anonymous>" } = optionsOf(options);
    this.#code = withName(`${code}`, filename);
    this.sourceMapURL = /\/\/# sourceMappingURL=(\S+)/.exec(`${code}`)?.[1];
    // A syntax error belongs to the constructor. Function bodies allow more than scripts do (`return`), so only
    // code that parses as neither is refused here.
    checkSyntax(`${code}`);
  }

  runInThisContext(options?: any): unknown {
    optionsOf(options);
    return evaluate(this.#code);
  }
  runInContext(_context: object, _options?: any): never {
    return notImplemented("vm.Script.runInContext");
  }
  runInNewContext(_context?: object, _options?: any): never {
    return notImplemented("vm.Script.runInNewContext");
  }
  createCachedData(): never {
    return notImplemented("vm.Script.createCachedData");
  }
}

function checkSyntax(code: string): void {
  try {
    new Function(code);
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
  }
}

export function runInThisContext(code: any, options?: any): unknown {
  return new Script(code, options).runInThisContext(options);
}

export function compileFunction(code: string, params: string[] = [], options: any = {}): (...args: any[]) => unknown {
  validateString(code, "code");
  validateArray(params, "params");
  params.forEach((name, index) => validateString(name, `params[${index}]`));
  validateObject(options, "options");
  if (options.parsingContext !== undefined || options.contextExtensions?.length > 0) notImplemented("vm.compileFunction with a context");
  return new Function(...params, withName(code, options.filename)) as any;
}

export function isContext(object: any): boolean {
  if ((typeof object !== "object" && typeof object !== "function") || object === null) throw new codes.ERR_INVALID_ARG_TYPE!("object", "Object", object);
  return false;
}

export const createContext = (_object?: object, _options?: object): never => notImplemented("vm.createContext");
export const runInContext = (_code: string, _context: object, _options?: any): never => notImplemented("vm.runInContext");
export const runInNewContext = (_code: string, _context?: object, _options?: any): never => notImplemented("vm.runInNewContext");
export const createScript = (code: string, options?: any): Script => new Script(code, options);
export const measureMemory = (): never => notImplemented("vm.measureMemory");

export const constants = Object.freeze({
  __proto__: null,
  USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol("vm_dynamic_import_main_context_default"),
  DONT_CONTEXTIFY: Symbol("vm_context_no_contextify"),
});

export default { Script, createContext, createScript, runInContext, runInNewContext, runInThisContext, isContext, compileFunction, measureMemory, constants };
