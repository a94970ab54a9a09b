// One curve over time, as SVG, with its newest value, its axis, and the value under the pointer.

import { make, svg, write } from "./dom.ts";
import { clock } from "./format.ts";

export interface Point {
  at: number;
  value: number;
}

const WIDTH = 300;
const HEIGHT = 100;
/** A longer silence is a gap in the curve. */
const GAP = 12 * 60_000;

export class Chart {
  readonly element: HTMLElement;
  private readonly value = make("strong");
  private readonly drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
  private readonly from = make("span");
  private readonly top = make("span");
  private points: Point[] = [];
  private range: [number, number] = [0, 1];
  private most = 1;

  private readonly title: string;
  private readonly format: (value: number) => string;
  /** The least that the top of the drawing stands for. */
  private readonly least: number;

  constructor(title: string, color: string, format: (value: number) => string, least: number) {
    this.title = title;
    this.format = format;
    this.least = least;
    this.drawing.style.color = `var(--${color})`;
    this.element = make(
      "figure",
      { "data-chart": title },
      make("figcaption", {}, title, this.value),
      this.drawing,
      make("div", { class: "axis" }, this.from, this.top),
    );
    this.drawing.addEventListener("pointermove", (event) => this.point(event));
    this.drawing.addEventListener("pointerleave", () => this.draw(this.points, this.range));
  }

  /** Draws the points of a range of time, oldest first. */
  draw(points: Point[], range: [number, number]): void {
    this.points = points;
    this.range = range;
    this.most = points.reduce((most, point) => Math.max(most, point.value), this.least) || 1;
    const newest = points.at(-1);
    write(this.value, newest ? this.format(newest.value) : "–");
    write(this.from, clock(range[0]));
    write(this.top, `top ${this.format(this.most)}`);
    this.drawing.setAttribute("aria-label", `${this.title}: ${this.value.textContent}, at most ${this.format(this.most)}`);
    const parts: SVGElement[] = [25, 50, 75].map((y) => svg("line", { class: "grid", x1: "0", x2: String(WIDTH), y1: String(y), y2: String(y) }));
    for (const part of this.parts()) {
      const line = part.map((point) => `${this.x(point.at).toFixed(1)},${this.y(point.value).toFixed(1)}`).join(" ");
      const [first, last] = [part[0], part[part.length - 1]];
      const floor = `${this.x(first.at).toFixed(1)},${HEIGHT} ${line} ${this.x(last.at).toFixed(1)},${HEIGHT}`;
      parts.push(svg("polygon", { class: "area", fill: "currentColor", points: floor }));
      parts.push(svg("polyline", { class: "curve", stroke: "currentColor", points: line }));
    }
    this.drawing.replaceChildren(...parts);
  }

  private x(at: number): number {
    return ((at - this.range[0]) / (this.range[1] - this.range[0])) * WIDTH;
  }

  private y(value: number): number {
    return HEIGHT - (value / this.most) * (HEIGHT - 4);
  }

  /** The points without the gaps between them. */
  private parts(): Point[][] {
    const parts: Point[][] = [];
    let before = Number.NEGATIVE_INFINITY;
    for (const point of this.points) {
      if (point.at - before > GAP) parts.push([]);
      parts[parts.length - 1].push(point);
      before = point.at;
    }
    return parts;
  }

  private point(event: PointerEvent): void {
    const box = this.drawing.getBoundingClientRect();
    const at = this.range[0] + ((event.clientX - box.left) / box.width) * (this.range[1] - this.range[0]);
    let nearest: Point | undefined;
    for (const point of this.points) {
      if (!nearest || Math.abs(point.at - at) < Math.abs(nearest.at - at)) nearest = point;
    }
    if (!nearest) return;
    write(this.value, `${this.format(nearest.value)} at ${clock(nearest.at)}`);
    this.drawing.querySelector(".cursor")?.remove();
    const x = String(this.x(nearest.at));
    this.drawing.append(svg("line", { class: "cursor", x1: x, x2: x, y1: "0", y2: String(HEIGHT) }));
  }
}
