// How an error that nothing caught is shown before the program ends. Never throws.
import { useColors } from "crust:ops/console";
import { formatLine } from "crust:console/inspect";
import { BOLD, DIM, RED, RESET } from "crust:console/inspect/text";

const STDERR = 2;

export function describe(error: unknown): string {
  const colors = useColors(STDERR);
  const shown = (value: unknown) => inspected(value, colors).replace(/\n*$/, "\n");
  if (isError(error)) return shown(error);
  // Anything can be thrown; a value that is no error is shown as it is below a heading.
  const isObject = (typeof error === "object" && error !== null) || typeof error === "function";
  const message = isObject ? "" : String(error);
  return `${heading(isObject, message, colors)}\n${shown(error)}`;
}

/** Even a proxy or a custom inspection method that throws gets a line. */
function inspected(value: unknown, colors: boolean): string {
  try {
    return formatLine([value], colors, "error");
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function isError(value: unknown): boolean {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

function heading(isObject: boolean, message: string, colors: boolean): string {
  if (isObject) return colors ? `${RESET}${RED}error${RESET}` : "error";
  return colors ? `${RESET}${RED}error${RESET}${DIM}:${RESET} ${BOLD}${message}${RESET}` : `error: ${message}`;
}
