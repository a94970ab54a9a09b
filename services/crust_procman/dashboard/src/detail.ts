// The chosen process: why it is where it is, what can be done, facts, curves, output.

import { ACTIONS, fits, order } from "./actions.ts";
import { Charts } from "./charts.ts";
import { make, write } from "./dom.ts";
import { bytes, duration, milliseconds, percent, rate } from "./format.ts";
import { Log } from "./log.ts";
import type { Detail, Process } from "./types.ts";

/** Between two looks at what does not come live. */
const LOOK = 5000;

export class DetailView {
  readonly charts = new Charts();
  readonly log = new Log();
  private readonly title = make("h2");
  private readonly status = make("span", { class: "status" });
  private readonly why = make("p", { class: "why" });
  private readonly actions = make("div", { class: "actions" });
  private readonly facts = make("dl", { class: "facts" });
  private process: Process | undefined;
  private detail: Detail | undefined;
  private looked = 0;

  constructor(place: HTMLElement) {
    for (const action of ACTIONS) {
      const button = make("button", { type: "button", "data-action": action, class: action === "delete" ? "danger" : "" }, action);
      button.addEventListener("click", () => {
        if (this.process) void order(action, this.process);
      });
      this.actions.append(button);
    }
    place.replaceChildren(
      make("div", { class: "head" }, this.title, this.status),
      this.why,
      this.actions,
      this.facts,
      this.charts.element,
      this.log.element,
    );
  }

  /** Shows a process as it is now. */
  draw(process: Process): void {
    const isOther = this.process?.id !== process.id;
    const isChanged = isOther || this.process?.status !== process.status || this.process.pid !== process.pid;
    this.process = process;
    if (isOther) {
      this.detail = undefined;
      this.log.clear();
      void this.charts.show(process.id);
    }
    if (isChanged || Date.now() - this.looked > LOOK) void this.look(process.id);
    write(this.title, process.instance ? `${process.name}:${process.instance}` : process.name);
    this.status.dataset.status = process.status;
    write(this.status, process.reloading ? "reloading" : process.status);
    for (const button of this.actions.children as HTMLCollectionOf<HTMLButtonElement>) {
      button.disabled = !fits(button.dataset.action as (typeof ACTIONS)[number], process);
    }
    this.drawFacts(process);
  }

  private async look(id: number): Promise<void> {
    this.looked = Date.now();
    const reply = await fetch(`v1/processes/${id}`);
    if (!reply.ok || this.process?.id !== id) return;
    const [detail] = (await reply.json()) as Detail[];
    this.detail = detail;
    const problems = Object.entries(detail.log_problems).map(([file, problem]) => `${file}: ${problem}`);
    write(this.why, [detail.why.text, ...problems].join("; "));
    this.why.classList.toggle("bad", detail.why.code !== "online" || problems.length > 0);
    if (this.process) this.drawFacts(this.process);
  }

  private drawFacts(process: Process): void {
    const detail = this.detail;
    const last = detail?.last_end;
    const facts: [string, string | undefined][] = [
      ["pid", process.pid ? String(process.pid) : "–"],
      ["uptime", process.pid ? duration(process.uptime) : "–"],
      ["restarts", String(process.restarts)],
      ["cpu", percent(process.cpu)],
      ["memory", bytes(process.memory)],
      ["heap", process.heap === undefined ? undefined : bytes(process.heap)],
      ["event-loop lag", process.lag === undefined ? undefined : milliseconds(process.lag)],
      ["requests", process.request_rate === undefined ? undefined : rate(process.request_rate)],
      ["script", detail?.config.script],
      ["folder", detail?.config.cwd],
      ["port", detail?.config.port ? String(detail.config.port) : undefined],
      ["last end", last ? `${last.signal ?? `code ${last.code ?? "?"}`} (${last.reason})` : undefined],
      ["configuration", detail?.config_sha256.slice(0, 12)],
    ];
    const rows = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
    rows.forEach(([name, value], index) => {
      let row = this.facts.children[index];
      if (!row) {
        row = make("div", {}, make("dt"), make("dd"));
        this.facts.append(row);
      }
      write(row.children[0], name);
      write(row.children[1], value);
    });
    while (this.facts.childElementCount > rows.length) this.facts.lastElementChild?.remove();
  }
}
