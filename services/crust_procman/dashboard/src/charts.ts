// The measurements of the chosen process: the daemon's history, and what has come since.

import { Chart, type Point } from "./chart.ts";
import { make } from "./dom.ts";
import { bytes, milliseconds, percent, rate, whole } from "./format.ts";
import type { Process, Sample } from "./types.ts";

const SPANS: [string, number][] = [
  ["15 min", 15],
  ["1 h", 60],
  ["6 h", 360],
  ["24 h", 1440],
];
/** Points of a curve; more than pixels show nothing more. */
const MOST = 2000;

export class Charts {
  readonly element: HTMLElement;
  private readonly cpu = new Chart("CPU", "cpu", percent, 10);
  private readonly memory = new Chart("memory", "memory", bytes, 1 << 20);
  private readonly lag = new Chart("event-loop lag", "lag", milliseconds, 5);
  private readonly requests = new Chart("requests", "requests", rate, 5);
  private readonly restarts = new Chart("restarts", "restarts", whole, 1);
  private readonly spans = make("div", { class: "spans", role: "group", "aria-label": "Time shown" });
  private minutes = 15;
  private id: number | undefined;
  private samples: Sample[] = [];

  constructor() {
    for (const [text, minutes] of SPANS) {
      const button = make("button", { type: "button", "aria-pressed": String(minutes === this.minutes) }, text);
      button.addEventListener("click", () => {
        this.minutes = minutes;
        for (const other of this.spans.children) other.setAttribute("aria-pressed", String(other === button));
        if (this.id !== undefined) void this.load(this.id);
      });
      this.spans.append(button);
    }
    const all = [this.cpu, this.memory, this.lag, this.requests, this.restarts];
    this.element = make("div", {}, this.spans, make("div", { class: "charts" }, ...all.map((chart) => chart.element)));
  }

  /** Shows a process, from what the daemon remembers of it. */
  async show(id: number): Promise<void> {
    if (this.id === id) return;
    this.id = id;
    this.samples = [];
    this.draw();
    await this.load(id);
  }

  /** Takes a fresh measurement. */
  add(process: Process, at: number): void {
    if (process.id !== this.id || process.pid === 0) return;
    this.samples.push({
      at,
      cpu: process.cpu,
      memory: process.memory,
      restarts: process.restarts,
      lag: process.lag_max ?? null,
      requests: process.request_rate ?? null,
    });
    this.draw();
  }

  private async load(id: number): Promise<void> {
    const reply = await fetch(`v1/processes/${id}/history?minutes=${this.minutes}`);
    if (!reply.ok || this.id !== id) return;
    const all = (await reply.json()) as Record<string, Sample[]>;
    const history = all[String(id)] ?? [];
    const newest = history.at(-1)?.at ?? 0;
    // What came live and is not written down yet stays.
    this.samples = [...history, ...this.samples.filter((sample) => sample.at > newest)];
    this.draw();
  }

  private draw(): void {
    const end = Date.now();
    this.samples = this.samples.filter((sample) => sample.at >= end - this.minutes * 60_000);
    // What is younger than the time asked for fills the drawing as well.
    const first = this.samples[0]?.at ?? end;
    const start = Math.max(end - this.minutes * 60_000, Math.min(first, end - 60_000));
    const step = Math.ceil(this.samples.length / MOST);
    const shown = step > 1 ? this.samples.filter((_, index) => index % step === 0) : this.samples;
    const curve = (chart: Chart, pick: (sample: Sample) => number | null) => {
      const points: Point[] = [];
      for (const sample of shown) {
        const value = pick(sample);
        if (value !== null) points.push({ at: sample.at, value });
      }
      chart.draw(points, [start, end]);
      return points.length > 0;
    };
    curve(this.cpu, (sample) => sample.cpu);
    curve(this.memory, (sample) => sample.memory);
    curve(this.restarts, (sample) => sample.restarts);
    // Only programs that report have these.
    this.lag.element.hidden = !curve(this.lag, (sample) => sample.lag);
    this.requests.element.hidden = !curve(this.requests, (sample) => sample.requests);
  }
}
