// The output of the chosen process: the last lines, then what comes; searched, and held while somebody reads.

import { make, write } from "./dom.ts";

/** Lines that are kept. */
const MOST = 3000;

interface LogLine {
  stream: "out" | "err";
  text: string;
}

export class Log {
  readonly element: HTMLElement;
  readonly search = make("input", { type: "search", placeholder: "search ( f )", "aria-label": "Search the output", spellcheck: "false" });
  private readonly hold = make("button", { type: "button", "aria-pressed": "false" }, "hold");
  private readonly count = make("span", { "aria-live": "off" });
  private readonly text = make("pre", { tabindex: "0", "aria-label": "Output" });
  private lines: LogLine[] = [];
  private partial = { out: "", err: "" };
  private held = false;
  private waiting = 0;

  constructor() {
    this.element = make("div", {}, make("div", { class: "log-bar" }, this.search, this.hold, this.count), this.text);
    this.search.addEventListener("input", () => this.draw());
    this.hold.addEventListener("click", () => this.toggle());
  }

  /** Begins anew, with another process. */
  clear(): void {
    this.lines = [];
    this.partial = { out: "", err: "" };
    this.draw();
  }

  /** Holds the output, or lets it go on. */
  toggle(): void {
    this.held = !this.held;
    this.waiting = 0;
    this.hold.setAttribute("aria-pressed", String(this.held));
    write(this.hold, this.held ? "go on" : "hold");
    if (!this.held) this.draw();
    this.say();
  }

  /** Takes what was written. */
  add(stream: "out" | "err", text: string): void {
    const whole = this.partial[stream] + text;
    const parts = whole.split("\n");
    this.partial[stream] = (parts.pop() ?? "").slice(-100_000);
    const fresh = parts.map((line): LogLine => ({ stream, text: plain(line) }));
    this.lines.push(...fresh);
    if (this.lines.length > MOST) this.lines.splice(0, this.lines.length - MOST);
    if (this.held) this.waiting += fresh.length;
    else this.append(fresh);
    this.say();
  }

  private matches(line: LogLine): boolean {
    const wanted = this.search.value.toLowerCase();
    return wanted === "" || line.text.toLowerCase().includes(wanted);
  }

  private draw(): void {
    this.text.replaceChildren();
    this.append(this.lines);
    this.say();
  }

  private append(lines: LogLine[]): void {
    const isAtEnd = this.text.scrollHeight - this.text.scrollTop - this.text.clientHeight < 40;
    const fresh = lines.filter((line) => this.matches(line)).map((line) => this.row(line));
    this.text.append(...fresh);
    while (this.text.childElementCount > MOST) this.text.firstElementChild?.remove();
    if (isAtEnd) this.text.scrollTop = this.text.scrollHeight;
  }

  private row(line: LogLine): HTMLElement {
    const row = make("div", { class: line.stream });
    const wanted = this.search.value.toLowerCase();
    let rest = line.text;
    let at = wanted === "" ? -1 : rest.toLowerCase().indexOf(wanted);
    while (at >= 0) {
      row.append(rest.slice(0, at), make("mark", {}, rest.slice(at, at + wanted.length)));
      rest = rest.slice(at + wanted.length);
      at = rest.toLowerCase().indexOf(wanted);
    }
    row.append(rest === "" ? "\u200b" : rest);
    return row;
  }

  private say(): void {
    const shown = this.search.value === "" ? this.lines.length : this.lines.filter((line) => this.matches(line)).length;
    const waiting = this.held && this.waiting > 0 ? `, ${this.waiting} new` : "";
    write(this.count, `${shown} lines${waiting}`);
  }
}

/** Without what a terminal would obey. */
function plain(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}
