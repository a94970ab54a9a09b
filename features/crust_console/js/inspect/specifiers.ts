// The `%` formats of console.log: %s %d %i %f %j %o %O %c %%.
import { Formatter } from "crust:console/inspect/formatter";

const SPECIFIER = /%([sdifjoOc%])/g;

/** Writes `template` with its specifiers filled from `args[first..]`; returns the index of the first argument left over. */
export function formatSpecifiers(f: Formatter, template: string, args: readonly unknown[], first: number): number {
  let next = first;
  let from = 0;
  for (const match of template.matchAll(SPECIFIER)) {
    const letter = match[1] as string;
    if (letter !== "%" && next >= args.length) break;
    f.out += template.slice(from, match.index);
    from = match.index + 2;
    if (letter === "%") f.out += "%";
    else substitute(f, letter, args[next++]);
  }
  f.out += template.slice(from);
  return next;
}

function substitute(f: Formatter, letter: string, value: unknown): void {
  switch (letter) {
    case "s":
      f.out += text(f, value);
      return;
    case "d":
    case "i":
      f.out += integerText(value);
      return;
    case "f":
      f.out += String(toNumber(value));
      return;
    case "j":
      f.out += jsonText(value);
      return;
    case "c":
      return;
    default:
      f.out += nested(f, value);
  }
}

function text(f: Formatter, value: unknown): string {
  try {
    return String(value);
  } catch {
    // An object whose conversion throws (or that has none) is shown as a value.
    return nested(f, value);
  }
}

function nested(f: Formatter, value: unknown): string {
  const inner = new Formatter(f.settings, false);
  inner.format(value);
  return inner.out;
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch (error) {
    if (error instanceof TypeError && /cyclic|circular/i.test(error.message)) return "[Circular]";
    throw error;
  }
}

function toNumber(value: unknown): number {
  return typeof value === "symbol" ? NaN : Number(value);
}

function integerText(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  return String(parseInt(String(toNumber(value)), 10));
}
