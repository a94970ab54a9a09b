// `Bun.inspect` and the text of console.log's arguments. Never writes to a stream.
import { Formatter } from "crust:console/inspect/formatter";
import { CUSTOM } from "crust:console/inspect/custom";
import { Kind, kindOf } from "crust:console/inspect/kinds";
import { CONSOLE_DEPTH, readOptions, type Level } from "crust:console/inspect/options";

/** `Bun.inspect(value, { depth, colors, sorted, compact })`; also `(value, depth, colors)`. */
export function inspect(...args: [value?: unknown, options?: unknown, colors?: unknown]): string {
  if (args.length === 0) return "";
  const f = new Formatter(readOptions(args[1], args[2]), true);
  f.format(args[0]);
  return f.out;
}

/** An absent depth is the console's; null is the inspector's own. */
function dirDepth(options: Record<string, unknown>): number | null {
  return options["depth"] === undefined ? CONSOLE_DEPTH : null;
}

/** `console.dir`: as `inspect`, but with the console's depth, starting at a group's indentation. */
export function formatWith(value: unknown, options: Record<string, unknown>, indent: number): string {
  const f = new Formatter(readOptions({ ...options, depth: options["depth"] ?? dirDepth(options) }, undefined), false);
  f.indent = indent;
  f.format(value);
  return f.out;
}

function isBoxedString(value: unknown): boolean {
  return typeof value === "object" && value !== null && kindOf(value) === Kind.Boxed && value instanceof String;
}

/** One line of console output without its line end: arguments separated by spaces, `%` formats filled in. */
export function formatLine(args: readonly unknown[], colors: boolean, level: Level = "log", indent = 0): string {
  const f = new Formatter({ depth: CONSOLE_DEPTH, colors, sorted: false, singleLine: false, level }, false);
  f.indent = indent;
  let next = 0;
  if (args.length > 1 && isBoxedString(args[0])) {
    f.out += String(args[0]);
    next = 1;
  }
  while (next < args.length) {
    if (next > 0) f.out += " ";
    f.line = 0;
    const argument = args[next++];
    if (typeof argument === "string" && next < args.length && argument.includes("%")) {
      const { formatSpecifiers } = require("crust:console/inspect/specifiers") as typeof import("crust:console/inspect/specifiers");
      next = formatSpecifiers(f, argument, args, next);
    } else {
      f.format(argument);
    }
  }
  return f.out;
}

/** `Bun.inspect.table(data, properties, options)`. */
function table(data: unknown, properties?: unknown, options?: unknown): string {
  const { formatTable } = require("crust:console/inspect/table") as typeof import("crust:console/inspect/table");
  const isOptions = typeof properties === "object" && properties !== null && !Array.isArray(properties);
  const given = (isOptions ? properties : options) as { colors?: unknown } | undefined;
  return formatTable(data, isOptions ? undefined : properties, Boolean(given?.colors)) ?? inspect(data);
}

inspect.custom = CUSTOM;
inspect.table = table;
