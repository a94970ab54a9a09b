// How the entries of an object are laid out: on one line, in columns, or one per line.
import { type Context, Entry } from "crust:console/node_inspect/context";
import { stringWidth, stripAnsi } from "crust:console/inspect/width";

/** An array with more entries than this is arranged in columns. */
const LEAST_GROUPED = 6;
const MOST_COLUMNS = 15;
/** Characters are about two and a half times as high as wide; the columns aim at a square. */
const HEIGHT_TO_WIDTH = 2.5;
const SEPARATOR_WIDTH = 2;

export function layOut(context: Context, entries: string[], base: string, braces: [string, string], kind: Entry, depth: number, value?: unknown): string {
  const [open, close] = braces;
  if (context.compact === true) return layOutCompact(context, entries, base, open, close);
  const prefix = base === "" ? open : `${base} ${open}`;
  let lines = entries;
  if (typeof context.compact === "number" && context.compact >= 1) {
    if (kind === Entry.Extra && entries.length > LEAST_GROUPED) lines = inColumns(context, entries, value);
    if (context.currentDepth - depth < context.compact && lines.length === entries.length) {
      const start = lines.length + context.indentation + open.length + base.length + 10;
      if (fits(context, lines, start, base)) {
        const joined = lines.join(", ");
        if (!joined.includes("\n")) return `${prefix} ${joined} ${close}`;
      }
    }
  }
  const indentation = `\n${" ".repeat(context.indentation)}`;
  return `${prefix}${indentation}  ${lines.join(`,${indentation}  `)}${indentation}${close}`;
}

function layOutCompact(context: Context, entries: string[], base: string, open: string, close: string): string {
  if (fits(context, entries, 0, base)) return `${open}${base === "" ? "" : ` ${base}`} ${entries.join(", ")} ${close}`;
  const indentation = `\n${" ".repeat(context.indentation)}`;
  const start = base === "" && open.length === 1 ? " " : `${base === "" ? "" : ` ${base}`}${indentation}  `;
  return `${open}${start}${entries.join(`,${indentation}  `)} ${close}`;
}

function fits(context: Context, entries: string[], start: number, base: string): boolean {
  let total = entries.length + start;
  if (total + entries.length > context.breakLength) return false;
  for (const entry of entries) {
    total += context.colors ? stripAnsi(entry).length : entry.length;
    if (total > context.breakLength) return false;
  }
  return base === "" || !base.includes("\n");
}

function inColumns(context: Context, entries: string[], value: unknown): string[] {
  const hasMore = context.maxArrayLength < entries.length;
  const count = hasMore ? entries.length - 1 : entries.length;
  const widths = entries.slice(0, count).map((entry) => stringWidth(entry, !context.colors));
  const total = widths.reduce((sum, width) => sum + width + SEPARATOR_WIDTH, 0);
  const widest = Math.max(0, ...widths);
  const cell = widest + SEPARATOR_WIDTH;
  if (cell * 3 + context.indentation >= context.breakLength || !(total / cell > 5 || widest <= LEAST_GROUPED)) return entries;
  const bias = Math.sqrt(cell - total / entries.length);
  const biasedCell = Math.max(cell - 3 - bias, 1);
  const columns = Math.min(
    Math.round(Math.sqrt(HEIGHT_TO_WIDTH * biasedCell * count) / biasedCell),
    Math.floor((context.breakLength - context.indentation) / cell),
    (context.compact as number) * 4,
    MOST_COLUMNS,
  );
  if (columns <= 1) return entries;
  const columnWidths = Array.from({ length: columns }, (_, column) => {
    let width = 0;
    for (let i = column; i < count; i += columns) width = Math.max(width, widths[i] as number);
    return width + SEPARATOR_WIDTH;
  });
  const lines = columnLines(entries, widths, count, columnWidths, isNumeric(value, entries.length));
  if (hasMore) lines.push(entries[count] as string);
  return lines;
}

function columnLines(entries: string[], widths: number[], count: number, columnWidths: number[], right: boolean): string[] {
  const lines: string[] = [];
  const columns = columnWidths.length;
  for (let i = 0; i < count; i += columns) {
    const end = Math.min(i + columns, count);
    let line = "";
    for (let j = i; j < end; j++) {
      const entry = entries[j] as string;
      const width = (columnWidths[j - i] as number) + entry.length - (widths[j] as number);
      const isLast = j === end - 1;
      if (!isLast) line += right ? `${entry}, `.padStart(width) : `${entry}, `.padEnd(width);
      else line += right ? entry.padStart(width - SEPARATOR_WIDTH) : entry;
    }
    lines.push(line);
  }
  return lines;
}

/** Columns of numbers are aligned right. */
function isNumeric(value: unknown, length: number): boolean {
  if (value === undefined) return true;
  const list = value as ArrayLike<unknown>;
  for (let i = 0; i < length; i++) {
    if (typeof list[i] !== "number" && typeof list[i] !== "bigint") return false;
  }
  return true;
}
