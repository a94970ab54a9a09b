// Arrays and arguments objects: holes, long arrays, extra properties and the breaking of lines.
import { proxyTarget } from "crust:ops/console";
import type { Formatter } from "crust:console/inspect/formatter";
import { isLikePrimitive } from "crust:console/inspect/kinds";
import { PropertyList } from "crust:console/inspect/objects";
import { DIM, RESET } from "crust:console/inspect/text";

/** Elements printed before the rest is only counted. */
const MOST_ELEMENTS = 100;
/** An array longer than this starts on a line of its own. */
const SHORT_ARRAY = 10;

export function formatArray(f: Formatter, value: unknown[], isArguments: boolean): void {
  const length = value.length;
  if (length === 0) {
    f.line += 2;
    f.out += "[]";
    return;
  }
  if (f.tooDeep()) return f.elided("Array", true);
  const quoted = f.quoteStrings;
  f.quoteStrings = true;
  f.depth++;
  f.indent++;
  f.line += 2;
  const broken = elements(f, value, length);
  if (!isArguments) extraProperties(f, value);
  f.indent--;
  f.depth--;
  if (!f.singleLine && (f.sorted || broken || f.lineIsFull())) {
    f.resetLine();
    f.newline();
    f.out += "]";
    f.resetLine();
    f.line += 1;
  } else {
    f.out += " ]";
    f.line += 2;
  }
  f.quoteStrings = quoted;
}

/** Writes the opening bracket and the elements; true when a line was broken. */
function elements(f: Formatter, value: unknown[], length: number): boolean {
  let broken = length > SHORT_ARRAY || !isScalar(value, 0) || f.lineIsFull();
  if (!f.singleLine && (f.sorted || broken)) {
    f.resetLine();
    f.out += "[";
    f.newline();
    f.line += 1;
  } else {
    f.out += "[ ";
    f.line += 2;
  }
  let written = 0;
  let first = true;
  const separate = () => {
    if (first) {
      first = false;
      return;
    }
    f.comma();
    if (!f.singleLine && (f.sorted || f.lineIsFull())) {
      broken = true;
      f.newline();
    } else {
      f.out += " ";
      f.line += 1;
    }
  };
  for (let i = 0; i < length; ) {
    if (!Object.hasOwn(value, i)) {
      const end = endOfHole(value, i, length);
      separate();
      hole(f, end - i);
      i = end;
      continue;
    }
    if (written >= MOST_ELEMENTS) {
      rest(f, length - i);
      break;
    }
    separate();
    element(f, value, i);
    written++;
    i++;
  }
  return broken;
}

function element(f: Formatter, value: unknown[], index: number): void {
  const item = readElement(value, index);
  f.format(item);
  if (f.colors && typeof item === "string") f.out += RESET;
}

/** An element may be an accessor; one that throws prints as undefined. */
function readElement(value: unknown[], index: number): unknown {
  try {
    return value[index];
  } catch {
    return undefined;
  }
}

function rest(f: Formatter, count: number): void {
  f.comma();
  f.line = 0;
  f.newline();
  f.scalar(`... ${count} more items`, DIM);
}

function hole(f: Formatter, count: number): void {
  f.scalar(count === 1 ? "empty item" : `${count} x empty items`, DIM);
}

/** The index of the next element after the hole that starts at `from`; large holes are skipped by their keys. */
function endOfHole(value: unknown[], from: number, length: number): number {
  const near = Math.min(length, from + 1000);
  let end = from;
  while (end < near && !Object.hasOwn(value, end)) end++;
  if (end < near || end === length) return end;
  for (const key of Object.keys(value)) {
    const index = Number(key);
    if (index >= end) return Number.isInteger(index) ? Math.min(index, length) : length;
  }
  return length;
}

function isScalar(value: unknown[], index: number): boolean {
  if (!Object.hasOwn(value, index)) return true;
  const item = readElement(value, index);
  if (item === null || (typeof item !== "object" && typeof item !== "function")) return true;
  return typeof item === "object" && proxyTarget(item) === undefined && isLikePrimitive(item);
}

function extraProperties(f: Formatter, value: unknown[]): void {
  const list = new PropertyList(f, value, f.lineIsFull(), 1);
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === "string" && (key === "length" || isIndex(key))) continue;
    list.property(value, key);
  }
}

function isIndex(key: string): boolean {
  const index = Number(key);
  return index >= 0 && index < 0xffffffff && Number.isInteger(index) && String(index) === key;
}

