// `node:repl`: its modes. Starting one refuses.

import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";
import * as inspection from "crust:console/node_inspect";

export const REPL_MODE_SLOPPY = Symbol("repl-sloppy");
export const REPL_MODE_STRICT = Symbol("repl-strict");
export const writer = (value: unknown): string => inspection.inspect(value, { showProxy: true });
/** A syntax error that more input may mend. */
export class Recoverable extends SyntaxError {
  err: unknown;
  constructor(error: unknown) {
    super();
    this.err = error;
  }
}
export function isValidSyntax(code: string): boolean {
  for (const text of [code, `(${code.trim()}\n)`]) {
    try {
      new Function(text);
      return true;
    } catch {
      // The other reading may do.
    }
  }
  return false;
}
export const { start } = refusedFunctions("repl", "start");
export const { REPLServer } = refusedClasses("repl", "REPLServer");

export default { start, writer, REPLServer, REPL_MODE_SLOPPY, REPL_MODE_STRICT, Recoverable, isValidSyntax };
