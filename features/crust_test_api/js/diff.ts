// The difference of two texts by lines (Myers' algorithm), in the layout of failure messages. Long texts
// that have little in common are shown whole instead of compared for minutes.
import { green, red, dim } from "crust:test_api/colours";

type Step = [kind: " " | "-" | "+", line: string];

/** More edits than this are not searched for: the work grows with their square. */
const MOST_EDITS = 2000;
/** Unchanged lines around a change; the rest of a long equal part is left out. */
const CONTEXT = 5;

/** `- Expected` and `+ Received` with the lines between. */
export function difference(expected: string, received: string): string {
  const steps = compare(expected.split("\n"), received.split("\n"));
  let removed = 0;
  let added = 0;
  for (const [kind] of steps) {
    if (kind === "-") removed++;
    else if (kind === "+") added++;
  }
  const lines = shorten(steps).map(([kind, line]) => (kind === "-" ? green(`- ${line}`) : kind === "+" ? red(`+ ${line}`) : line === undefined ? "" : dim(`  ${line}`)));
  return `${lines.join("\n")}\n\n${green(`- Expected  - ${removed}`)}\n${red(`+ Received  + ${added}`)}`;
}

function shorten(steps: Step[]): Step[] {
  const near = new Array<boolean>(steps.length).fill(false);
  steps.forEach(([kind], index) => {
    if (kind === " ") return;
    for (let at = Math.max(0, index - CONTEXT); at <= Math.min(steps.length - 1, index + CONTEXT); at++) near[at] = true;
  });
  const out: Step[] = [];
  for (let at = 0; at < steps.length; at++) {
    if (near[at]) {
      out.push(steps[at]!);
      continue;
    }
    const start = at;
    while (at + 1 < steps.length && !near[at + 1]) at++;
    const count = at - start + 1;
    if (count <= 2) for (let i = start; i <= at; i++) out.push(steps[i]!);
    else out.push([" ", `… ${count} equal lines`]);
  }
  return out;
}

function compare(a: string[], b: string[]): Step[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const head: Step[] = a.slice(0, start).map((line) => [" ", line]);
  const tail: Step[] = a.slice(endA).map((line) => [" ", line]);
  return [...head, ...middle(a.slice(start, endA), b.slice(start, endB)), ...tail];
}

function middle(a: string[], b: string[]): Step[] {
  const most = Math.min(a.length + b.length, MOST_EDITS);
  const trace: Int32Array[] = [];
  const offset = most + 1;
  const reach = new Int32Array(2 * most + 3);
  for (let edits = 0; edits <= most; edits++) {
    trace.push(reach.slice());
    for (let k = -edits; k <= edits; k += 2) {
      let x = k === -edits || (k !== edits && reach[offset + k - 1]! < reach[offset + k + 1]!) ? reach[offset + k + 1]! : reach[offset + k - 1]! + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++;
        y++;
      }
      reach[offset + k] = x;
      if (x >= a.length && y >= b.length) return walkBack(a, b, trace, offset);
    }
  }
  return [...a.map((line): Step => ["-", line]), ...b.map((line): Step => ["+", line])];
}

function walkBack(a: string[], b: string[], trace: Int32Array[], offset: number): Step[] {
  const out: Step[] = [];
  let x = a.length;
  let y = b.length;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reach = trace[edits]!;
    const k = x - y;
    const previous = k === -edits || (k !== edits && reach[offset + k - 1]! < reach[offset + k + 1]!) ? k + 1 : k - 1;
    const previousX = edits === 0 ? 0 : reach[offset + previous]!;
    const previousY = edits === 0 ? 0 : previousX - previous;
    while (x > previousX && y > previousY) {
      out.push([" ", a[--x]!]);
      y--;
    }
    if (edits > 0) {
      if (x > previousX) out.push(["-", a[--x]!]);
      else out.push(["+", b[--y]!]);
    }
  }
  out.reverse();
  // Removed lines before added ones, as people expect.
  for (let at = 0; at < out.length; ) {
    if (out[at]![0] === " ") {
      at++;
      continue;
    }
    let end = at;
    while (end < out.length && out[end]![0] !== " ") end++;
    const part = out.slice(at, end);
    out.splice(at, end - at, ...part.filter(([kind]) => kind === "-"), ...part.filter(([kind]) => kind === "+"));
    at = end;
  }
  return out;
}
