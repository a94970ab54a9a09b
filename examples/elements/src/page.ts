// The page: the periodic table as a grid.

import template from "./page.html" with { type: "text" };
import type { Element, Table } from "@app/table.ts";

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character]);
}

export function renderPage(title: string, table: Table): string {
  const hues = new Map(table.categories.map((category, index, all) => [category, (index * 360) / all.length]));
  const cells = [...table].map((element) => cell(element, hues.get(element.category) ?? 0)).join("\n");
  const values: Record<string, string> = { title: escape(title), cells };
  return (template as unknown as string).replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name]);
}

function cell(element: Element, hue: number): string {
  const { row, column } = place(element);
  const style = `grid-area: ${row} / ${column}; --hue: ${hue.toFixed(0)}`;
  const { number, symbol, name, category } = element;
  return `<a href="/api/elements/${symbol}" style="${style}" title="${escape(`${name}, ${category}`)}">`
    + `<small>${number}</small><b>${symbol}</b><small>${escape(name)}</small></a>`;
}

/** Lanthanides and actinides stand in two rows of their own below the table. */
function place({ number, period, group }: Element): { row: number; column: number } {
  if (group !== null) return { row: period, column: group };
  const first = period === 6 ? 57 : 89;
  return { row: period + 2, column: number - first + 3 };
}
