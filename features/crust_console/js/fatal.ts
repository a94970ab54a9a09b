// How an error that nothing caught is shown before the program ends. Never throws.
import { useColors } from "crust:ops/console";
import { formatLine } from "crust:console/inspect";

const STDERR = 2;

export function describe(error: unknown): string {
  const colors = useColors(STDERR);
  const shown = (value: unknown) => formatLine([value], colors).replace(/\n*$/, "\n");
  if (error instanceof Error) return shown(error);
  // Anything can be thrown; a value that is no error is shown as it is below a heading.
  const isObject = (typeof error === "object" && error !== null) || typeof error === "function";
  return isObject ? `error\n${shown(error)}` : `error: ${String(error)}\n${shown(error)}`;
}
