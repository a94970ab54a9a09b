// `util.format` and `util.formatWithOptions`.
import { proxyTarget } from "crust:ops/console";
import { withoutColor } from "crust:console/node_inspect/context";
import { formatBigInt, formatNumber } from "crust:console/node_inspect/primitives";

type Inspect = (value: unknown, options?: object) => string;

const SPECIFIER = /%([sdifjoOc%])/g;

export function formatArguments(inspect: Inspect, options: object, args: unknown[]): string {
  const [first] = args;
  let text = "";
  let next = 0;
  let separator = "";
  if (typeof first === "string") {
    if (args.length === 1) return first;
    const filled = fill(inspect, options, first, args);
    if (filled !== undefined) {
      ({ text, next } = filled);
      separator = " ";
    }
  }
  for (; next < args.length; next++) {
    const value = args[next];
    text += separator + (typeof value === "string" ? value : inspect(value, options));
    separator = " ";
  }
  return text;
}

/** The template with its specifiers filled; undefined when it has none. */
function fill(inspect: Inspect, options: object, template: string, args: unknown[]): { text: string; next: number } | undefined {
  let text = "";
  let from = 0;
  let next = 1;
  let found = false;
  for (const match of template.matchAll(SPECIFIER)) {
    const letter = match[1] as string;
    if (letter !== "%" && next >= args.length) continue;
    text += template.slice(from, match.index);
    from = match.index + 2;
    found = true;
    text += letter === "%" ? "%" : substitute(inspect, options, letter, args[next++]);
  }
  return found ? { text: text + template.slice(from), next } : undefined;
}

function substitute(inspect: Inspect, options: object, letter: string, value: unknown): string {
  switch (letter) {
    case "s": return stringText(inspect, options, value);
    case "d": return numberText(value, Number);
    case "i": return numberText(value, (given) => parseInt(given as string, 10));
    case "f": return typeof value === "symbol" ? "NaN" : formatNumber(withoutColor, parseFloat(value as string), false);
    case "j": return jsonText(value);
    case "o": return inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 });
    case "O": return inspect(value, options);
    default: return "";
  }
}

function numberText(value: unknown, convert: (value: unknown) => number): string {
  if (typeof value === "bigint") return formatBigInt(withoutColor, value, false);
  if (typeof value === "symbol") return "NaN";
  return formatNumber(withoutColor, convert(value), false);
}

function stringText(inspect: Inspect, options: object, value: unknown): string {
  if (typeof value === "number") return formatNumber(withoutColor, value, false);
  if (typeof value === "bigint") return formatBigInt(withoutColor, value, false);
  if (typeof value !== "object" || value === null || !hasBuiltinToString(value)) return String(value);
  return inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
}

/** Whether `String(value)` would run nobody's own conversion. */
function hasBuiltinToString(value: object): boolean {
  let object: object | null = proxyTarget(value) ?? value;
  if (typeof (object as Record<symbol, unknown>)[Symbol.toPrimitive] === "function" && !(object instanceof Date)) return false;
  if (typeof (object as { toString?: unknown }).toString !== "function" || Object.hasOwn(object, "toString")) return typeof (object as { toString?: unknown }).toString !== "function";
  while (object !== null && !Object.hasOwn(object, "toString")) object = Object.getPrototypeOf(object) as object | null;
  if (object === null) return true;
  const constructor: unknown = Object.getOwnPropertyDescriptor(object, "constructor")?.value;
  return typeof constructor === "function" && Function.prototype.toString.call(constructor).includes("[native code]");
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "undefined";
  } catch (error) {
    if (error instanceof TypeError && /cyclic|circular/i.test(error.message)) return "[Circular]";
    throw error;
  }
}
