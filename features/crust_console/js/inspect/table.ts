// console.table and Bun.inspect.table: rows of values in a box.
import { Formatter } from "crust:console/inspect/formatter";
import { CONSOLE_DEPTH } from "crust:console/inspect/options";
import { BOLD, RESET } from "crust:console/inspect/text";
import { stringWidth } from "crust:console/inspect/width";

interface Row {
  index: string;
  key?: unknown;
  cells: Map<string, unknown>;
  /** The row's value when it is no object, or the value of a map entry. */
  value?: unknown;
  hasValue: boolean;
}

/** The table of `data`, or undefined when it is not an object and is printed as it is. */
export function formatTable(data: unknown, properties: unknown, colors: boolean): string | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const wanted = properties === undefined || properties === null ? undefined : checkProperties(properties);
  const rows = readRows(data, wanted);
  const columns = wanted ?? columnsOf(rows);
  return draw(header(data, rows, columns), rows.map((row) => line(data, row, columns, rows)), colors);
}

function checkProperties(properties: unknown): string[] {
  if (Array.isArray(properties)) return properties.map(String);
  const error = new TypeError('The "properties" argument must be an instance of Array.');
  throw Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
}

function readRows(data: object, wanted: string[] | undefined): Row[] {
  const rows: Row[] = [];
  if (data instanceof Map) {
    for (const [key, value] of data) rows.push({ index: String(rows.length), key, cells: new Map(), value, hasValue: true });
    return rows;
  }
  if (isIterable(data)) {
    for (const value of data) rows.push(readRow(String(rows.length), value, wanted));
    return rows;
  }
  for (const name of Object.keys(data)) rows.push(readRow(name, (data as Record<string, unknown>)[name], wanted));
  return rows;
}

function isIterable(data: object): data is Iterable<unknown> {
  return Array.isArray(data) || data instanceof Set || ArrayBuffer.isView(data) || typeof (data as { [Symbol.iterator]?: unknown })[Symbol.iterator] === "function";
}

function readRow(index: string, value: unknown, wanted: string[] | undefined): Row {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  if (!isObject) return { index, cells: new Map(), value, hasValue: true };
  const cells = new Map<string, unknown>();
  for (const name of wanted ?? Object.keys(value)) {
    if (Object.hasOwn(value, name)) cells.set(name, (value as Record<string, unknown>)[name]);
  }
  return { index, cells, hasValue: false };
}

function columnsOf(rows: Row[]): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const name of row.cells.keys()) columns.add(name);
  return [...columns];
}

function header(data: object, rows: Row[], columns: string[]): string[] {
  const names = [" "];
  if (data instanceof Map) names.push("Key");
  names.push(...columns);
  if (rows.some((row) => row.hasValue)) names.push("Values");
  return names;
}

/** The cells of a line; undefined marks an empty one. */
function line(data: object, row: Row, columns: string[], rows: Row[]): ({ value: unknown } | string | undefined)[] {
  const cells: ({ value: unknown } | string | undefined)[] = [row.index];
  if (data instanceof Map) cells.push({ value: row.key });
  for (const name of columns) cells.push(row.cells.has(name) ? { value: row.cells.get(name) } : undefined);
  if (rows.some((other) => other.hasValue)) cells.push(row.hasValue ? { value: row.value } : undefined);
  return cells;
}

function cellText(cell: { value: unknown } | string | undefined, colors: boolean): string {
  if (cell === undefined) return "";
  if (typeof cell === "string") return cell;
  const f = new Formatter({ depth: CONSOLE_DEPTH, colors, sorted: false, singleLine: true, level: "log" }, false);
  f.format(cell.value);
  return f.out;
}

function draw(names: string[], lines: ({ value: unknown } | string | undefined)[][], colors: boolean): string {
  const texts = lines.map((cells) => cells.map((cell) => cellText(cell, colors)));
  const widths = names.map((name, column) => Math.max(stringWidth(name), ...texts.map((cells) => stringWidth(cells[column] ?? ""))));
  const pad = (text: string, column: number) => " ".repeat((widths[column] as number) - stringWidth(text));
  const rule = (left: string, middle: string, right: string) =>
    left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right + "\n";
  const row = (cells: string[], color: string) =>
    cells.map((text, column) => `│ ${color === "" ? text : `${RESET}${color}${text}${RESET}`}${pad(text, column)} `).join("") + "│\n";
  return (
    rule("┌", "┬", "┐") + row(names, colors ? BOLD : "") + rule("├", "┼", "┤") +
    texts.map((cells) => row(cells, "")).join("") + rule("└", "┴", "┘")
  );
}
