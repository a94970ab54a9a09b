// Primitive values as `util.inspect` writes them.
import type { Context, Stylize } from "crust:console/node_inspect/context";

// eslint-disable-next-line no-control-regex
const ESCAPED = /[\x00-\x1f'\\\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const ESCAPED_ALL = new RegExp(ESCAPED.source, "g");
// eslint-disable-next-line no-control-regex
const ESCAPED_NOT_QUOTE = /[\x00-\x1f\\\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const ESCAPED_NOT_QUOTE_ALL = new RegExp(ESCAPED_NOT_QUOTE.source, "g");

const SHORT: Record<string, string> = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "'": "\\'", "\\": "\\\\" };

/** A string shorter than this is never split over lines. */
const LEAST_SPLIT_LENGTH = 16;

function escapeUnit(char: string): string {
  const short = SHORT[char];
  if (short !== undefined) return short;
  const unit = char.charCodeAt(0);
  return unit < 0x100 ? `\\x${unit.toString(16).toUpperCase().padStart(2, "0")}` : `\\u${unit.toString(16).toUpperCase()}`;
}

/** A string literal in the quotes that need the least escaping. */
export function quote(text: string): string {
  if (!ESCAPED.test(text)) return `'${text}'`;
  let mark = "'";
  if (text.includes("'")) {
    if (!text.includes('"')) mark = '"';
    else if (!text.includes("`") && !text.includes("${")) mark = "`";
  }
  const body = mark === "'" ? text.replace(ESCAPED_ALL, escapeUnit) : text.replace(ESCAPED_NOT_QUOTE_ALL, escapeUnit);
  return mark + body + mark;
}

export function formatNumber(stylize: Stylize, value: number, separator: boolean): string {
  if (!separator) return stylize(Object.is(value, -0) ? "-0" : String(value), "number");
  const text = String(value);
  if (!Number.isFinite(value) || text.includes("e")) return stylize(text, "number");
  const [whole, fraction] = text.split(".") as [string, string | undefined];
  const grouped = groupFromRight(whole);
  return stylize(fraction === undefined ? grouped : `${grouped}.${fraction.replace(/\d{3}(?=\d)/g, "$&_")}`, "number");
}

function groupFromRight(digits: string): string {
  return digits.replace(/\B(?=(?:\d{3})+$)/g, "_");
}

export function formatBigInt(stylize: Stylize, value: bigint, separator: boolean): string {
  return stylize(`${separator ? groupFromRight(String(value)) : String(value)}n`, "bigint");
}

function formatString(context: Context, value: string): string {
  let text = value;
  let trailer = "";
  if (text.length > context.maxStringLength) {
    const rest = text.length - Math.max(context.maxStringLength, 0);
    text = text.slice(0, Math.max(context.maxStringLength, 0));
    trailer = `... ${rest} more character${rest > 1 ? "s" : ""}`;
  }
  const width = context.breakLength - context.indentation - 4;
  if (context.compact !== true && text.length > LEAST_SPLIT_LENGTH && text.length > width) {
    const lines = text.split(/(?<=\n)/).map((line) => context.stylize(quote(line), "string"));
    return lines.join(` +\n${" ".repeat(context.indentation + 2)}`) + trailer;
  }
  return context.stylize(quote(text), "string") + trailer;
}

export function formatPrimitive(context: Context, value: unknown): string {
  switch (typeof value) {
    case "string": return formatString(context, value);
    case "number": return formatNumber(context.stylize, value, context.numericSeparator);
    case "bigint": return formatBigInt(context.stylize, value, context.numericSeparator);
    case "boolean": return context.stylize(String(value), "boolean");
    case "undefined": return context.stylize("undefined", "undefined");
    default: return context.stylize((value as symbol).toString(), "symbol");
  }
}
