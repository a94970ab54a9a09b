// `console.table` of Node's `Console` class.
import { inspect } from "crust:console/node_inspect";
import { stringWidth } from "crust:console/inspect/width";

const INDEX = "(index)";
const ITERATION_INDEX = "(iteration index)";

/** The table of `data`; undefined when it is no object. */
export function formatNodeTable(data: unknown, properties: unknown, colors: boolean): string | undefined {
  if (properties !== undefined && !Array.isArray(properties)) {
    const message = `The "properties" argument must be an instance of Array. Received ${inspect(properties)}`;
    throw Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
  }
  if (typeof data !== "object" || data === null) return undefined;
  const cell = (value: unknown) => inspect(value, { depth: cellDepth(value), maxArrayLength: 3, breakLength: Infinity, colors });
  if (data instanceof Map) return mapTable(data, cell);
  if (data instanceof Set) return draw([ITERATION_INDEX, "Values"], [...data].map((value, index) => [String(index), cell(value)]));
  return objectTable(data as Record<string, unknown>, properties as string[] | undefined, cell);
}

/** Large objects are only named. */
function cellDepth(value: unknown): number {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 2 ? -1 : 0;
}

function mapTable(map: Map<unknown, unknown>, cell: (value: unknown) => string): string {
  return draw([ITERATION_INDEX, "Key", "Values"], [...map].map(([key, value], index) => [String(index), cell(key), cell(value)]));
}

function objectTable(data: Record<string, unknown>, properties: string[] | undefined, cell: (value: unknown) => string): string {
  const names = Object.keys(data);
  const columns = new Map<string, string[]>();
  const values: (string | undefined)[] = [];
  let hasValues = false;
  names.forEach((name, row) => {
    const item = data[name];
    const isPrimitive = item === null || (typeof item !== "function" && typeof item !== "object");
    if (isPrimitive) {
      values[row] = cell(item);
      hasValues = true;
      return;
    }
    for (const key of properties ?? Object.keys(item)) {
      const column = columns.get(key) ?? [];
      columns.set(key, column);
      if (Object.hasOwn(item, key)) column[row] = cell((item as Record<string, unknown>)[key]);
    }
  });
  const head = [INDEX, ...columns.keys()];
  if (hasValues) head.push("Values");
  const rows = names.map((name, row) => {
    const cells = [name, ...[...columns.values()].map((column) => column[row] ?? "")];
    if (hasValues) cells.push(values[row] ?? "");
    return cells;
  });
  return draw(head, rows);
}

function draw(head: string[], rows: string[][]): string {
  const widths = head.map((name, column) => Math.max(stringWidth(name), ...rows.map((row) => stringWidth(row[column] ?? ""))) + 2);
  const rule = (left: string, middle: string, right: string) => left + widths.map((width) => "─".repeat(width)).join(middle) + right;
  const line = (cells: string[]) =>
    `│${cells.map((text, column) => ` ${text}${" ".repeat((widths[column] as number) - 1 - stringWidth(text))}`).join("│")}│`;
  return [rule("┌", "┬", "┐"), line(head), rule("├", "┼", "┤"), ...rows.map(line), rule("└", "┴", "┘")].join("\n");
}
