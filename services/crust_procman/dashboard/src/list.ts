// The processes, as a table; on a phone without its wide columns.

import { make, write } from "./dom.ts";
import { bytes, duration, percent } from "./format.ts";
import type { Process } from "./types.ts";

const HEADS: [string, string][] = [
  ["name", ""],
  ["status", ""],
  ["cpu", "number"],
  ["memory", "number"],
  ["restarts", "number wide"],
  ["uptime", "number wide"],
];

export class List {
  readonly element: HTMLElement;
  private readonly body = make("tbody");
  private readonly empty = make("p", { class: "empty" }, "No processes. `crust-pm start FILE` starts one.");
  private rows = new Map<number, HTMLTableRowElement>();
  private processes: Process[] = [];
  private filter = "";
  private readonly choose: (id: number) => void;

  constructor(choose: (id: number) => void) {
    this.choose = choose;
    const heads = HEADS.map(([text, kind]) => make("th", { scope: "col", class: kind }, text));
    this.element = make("div", {}, make("table", { role: "grid", "aria-label": "Processes" }, make("thead", {}, make("tr", {}, ...heads)), this.body), this.empty);
  }

  /** Shows these processes, with one of them chosen. */
  draw(processes: Process[], chosen: number | undefined): void {
    this.processes = processes;
    const shown = this.shown();
    const rows = new Map<number, HTMLTableRowElement>();
    for (const process of shown) {
      const row = this.rows.get(process.id) ?? this.row(process.id);
      this.fill(row, process, process.id === chosen);
      rows.set(process.id, row);
    }
    this.rows = rows;
    const wanted = [...rows.values()];
    const same = wanted.length === this.body.childElementCount && wanted.every((row, index) => this.body.children[index] === row);
    if (!same) this.body.replaceChildren(...wanted);
    this.empty.hidden = processes.length > 0;
  }

  /** Shows only what has this in its name, namespace or status. */
  search(text: string): void {
    this.filter = text.toLowerCase();
  }

  /** The id of the process so many rows further. */
  neighbour(id: number | undefined, by: number): number | undefined {
    const shown = this.shown();
    const at = shown.findIndex((process) => process.id === id);
    const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), shown.length - 1);
    return shown[next]?.id;
  }

  /** Brings a row into view. */
  reveal(id: number): void {
    this.rows.get(id)?.scrollIntoView({ block: "nearest" });
  }

  private shown(): Process[] {
    const text = (process: Process) => `${process.name} ${process.namespace} ${process.status}`.toLowerCase();
    return this.processes.filter((process) => text(process).includes(this.filter));
  }

  private row(id: number): HTMLTableRowElement {
    const cells = HEADS.map(([text, kind]) => make("td", { class: text === "name" ? "name" : kind }));
    cells[1].append(make("span", { class: "status" }));
    const row = make("tr", { tabindex: "0", "data-id": String(id) }, ...cells);
    row.addEventListener("click", () => this.choose(id));
    row.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.choose(id);
    });
    return row;
  }

  private fill(row: HTMLTableRowElement, process: Process, isChosen: boolean): void {
    const [name, status, cpu, memory, restarts, uptime] = row.cells;
    write(name, process.instance ? `${process.name}:${process.instance}` : process.name);
    name.title = `${process.name}, id ${process.id}`;
    const word = status.firstElementChild as HTMLElement;
    word.dataset.status = process.status;
    write(word, process.reloading ? "reloading" : process.status);
    write(cpu, percent(process.cpu));
    write(memory, bytes(process.memory));
    write(restarts, String(process.restarts));
    write(uptime, process.pid ? duration(process.uptime) : "–");
    row.setAttribute("aria-selected", String(isChosen));
  }
}
