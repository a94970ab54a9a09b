// `each`: rows of arrays, objects and tagged tables, and the titles made from them.
import { format } from "crust:test_api/format";

export interface Row {
  args: unknown[];
  title: (template: string) => string;
}

/** The rows of `each(table)` or of each`table`. */
export function rowsOf(table: any, values: unknown[]): Row[] {
  if (Array.isArray(table) && Object.hasOwn(table, "raw")) return taggedRows(table as unknown as TemplateStringsArray, values);
  if (table === null || table === undefined || typeof table[Symbol.iterator] !== "function") {
    throw new TypeError(`Expected the table of .each to be an array, but it is ${format(table)}`);
  }
  const rows = Array.from(table as Iterable<unknown>);
  return rows.map((row, index) => ({
    args: Array.isArray(row) ? row : [row],
    title: (template) => titleOf(template, row, index),
  }));
}

function taggedRows(strings: TemplateStringsArray, values: unknown[]): Row[] {
  const names = strings[0]!.trim().split("|").map((name) => name.trim()).filter((name) => name !== "");
  if (names.length === 0) throw new TypeError("The table of .each has no headings");
  if (values.length % names.length !== 0) {
    throw new TypeError(`The table of .each has ${names.length} columns, but ${values.length} values do not fill its rows`);
  }
  const rows: Row[] = [];
  for (let at = 0; at < values.length; at += names.length) {
    const row = Object.fromEntries(names.map((name, index) => [name, values[at + index]]));
    const index = rows.length;
    rows.push({ args: [row], title: (template) => titleOf(template, row, index) });
  }
  return rows;
}

/** A title with `%` formats filled from an array's items, or a value, and `$path` from an object. */
export function titleOf(template: string, row: unknown, index: number): string {
  const args = Array.isArray(row) ? row.slice() : [row];
  let title = template;
  const source = Array.isArray(row) && row.length === 1 && isObject(row[0]) ? row[0] : row;
  if (isObject(source) && !Array.isArray(source)) {
    title = title.replace(/\$([#\p{ID_Start}_$][\p{ID_Continue}$]*(?:\.[\p{ID_Continue}$]+)*)/gu, (whole, path: string) => {
      if (path === "#") return String(index);
      const parts = path.split(".");
      let value: any = source;
      for (const part of parts) {
        if (value === null || value === undefined || !(part in Object(value))) return whole;
        value = value[part];
      }
      return typeof value === "string" ? value : short(value);
    });
  }
  title = title.replace(/\$#/g, String(index));
  let next = 0;
  return title.replace(/%([%#$psdifjoOc])/g, (whole, kind: string) => {
    if (kind === "%") return "%";
    if (kind === "#") return String(index);
    if (kind === "$") return String(index + 1);
    if (next >= args.length) return whole;
    return formatArgument(kind, args[next++]);
  });
}

function isObject(value: unknown): value is any {
  return value !== null && typeof value === "object";
}

function short(value: unknown): string {
  return format(value, { singleLine: true });
}

function formatArgument(kind: string, value: unknown): string {
  switch (kind) {
    case "s": return isObject(value) ? (value instanceof Error ? String(value) : short(value)) : String(value);
    case "d": return typeof value === "bigint" ? `${value}n` : String(Number(value));
    case "i": return typeof value === "bigint" ? `${value}n` : String(Number.parseInt(value as string, 10));
    case "f": return String(Number.parseFloat(value as string));
    case "j": return JSON.stringify(value) ?? "undefined";
    case "c": return "";
    default: return short(value);
  }
}
