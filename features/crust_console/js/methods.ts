// The methods of the global console that do more than write one string.
import { readInput, useColors, write as writeText, writeBytes, writeLine } from "crust:ops/console";
import type { Level } from "crust:console/inspect/options";
import { BOLD, DIM, RED, RESET, YELLOW } from "crust:console/inspect/text";
import { state } from "crust:console/console";

/** The inspector is loaded for the first value that is not primitive. */
function inspector(): typeof import("crust:console/inspect") {
  return require("crust:console/inspect") as typeof import("crust:console/inspect");
}

const STDOUT = 1;
const STDERR = 2;

const RED_TEXT = RESET + RED;

let indent = 0;
const colorsOf = new Map<number, boolean>();

function colors(fd: number): boolean {
  let known = colorsOf.get(fd);
  if (known === undefined) {
    known = useColors(fd);
    colorsOf.set(fd, known);
  }
  return known;
}

/** Writes one line; in a group its first line is indented and objects are laid out from there. */
export function print(fd: number, args: ArrayLike<unknown>, level: Level = fd === STDERR ? "error" : "log"): void {
  const useColor = colors(fd);
  const plain = useColor || indent > 0 ? undefined : primitiveLine(args);
  if (plain !== undefined) {
    writeLine(fd, plain);
    return;
  }
  if (args.length === 0) {
    writeLine(fd, "");
    return;
  }
  const text = inspector().formatLine(Array.from(args), useColor, level, indent);
  writeLine(fd, "  ".repeat(indent) + (useColor && level === "error" && isMessage(args) ? RED_TEXT + text + RESET : text));
}

/** Whether arguments of console.error are a message, which is red, and not a value with colours of its own. */
function isMessage(args: ArrayLike<unknown>): boolean {
  return args.length > 1 || typeof args[0] === "string";
}

/** The line of arguments that are all primitive and none of them a format; undefined for any other. */
function primitiveLine(args: ArrayLike<unknown>): string | undefined {
  let line = "";
  const last = args.length - 1;
  for (let i = 0; i <= last; i++) {
    const argument = args[i];
    if (i > 0) line += " ";
    switch (typeof argument) {
      case "string":
        if (i < last && argument.includes("%")) return undefined;
        line += argument;
        break;
      case "number":
        line += argument === 0 && 1 / argument < 0 ? "-0" : argument;
        break;
      case "boolean":
      case "undefined":
        line += argument;
        break;
      default:
        if (argument !== null) return undefined;
        line += "null";
    }
  }
  return line;
}

export function group(args: unknown[]): void {
  if (args.length > 0) print(STDOUT, args);
  indent++;
  state.grouped = true;
}

export function groupEnd(): void {
  if (indent > 0) indent--;
  state.grouped = indent > 0;
}

export function dir(value: unknown, options: unknown): void {
  const given = typeof options === "object" && options !== null ? (options as Record<string, unknown>) : {};
  const settings: Record<string, unknown> = { ...given };
  if (settings["colors"] === undefined) settings["colors"] = colors(STDOUT);
  writeText(STDOUT, "  ".repeat(indent) + inspector().formatWith(value, settings, indent) + "\n");
}

export function table(count: number, data: unknown, properties: unknown): void {
  const { formatTable } = require("crust:console/inspect/table") as typeof import("crust:console/inspect/table");
  const text = formatTable(data, properties, colors(STDOUT));
  if (text !== undefined) writeText(STDOUT, text);
  else if (count > 0) print(STDOUT, [data]);
}

export function trace(args: unknown[], caller: Function): void {
  if (args.length > 0) print(STDOUT, args);
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder as Error, caller);
  const frames = (holder.stack ?? "").split("\n").flatMap((line) => /^\s*at (.+)$/.exec(line)?.[1] ?? []);
  const { paintedFrame } = require("crust:console/inspect/errors") as typeof import("crust:console/inspect/errors");
  const useColor = colors(STDOUT);
  writeText(STDOUT, frames.map((frame) => (useColor ? paintedFrame(frame) : `      at ${frame}\n`)).join(""));
}

export function assertionFailed(args: unknown[]): void {
  print(STDERR, args.length === 0 ? ["Assertion failed"] : args);
}

export function clear(): void {
  if (colors(STDOUT)) writeText(STDOUT, "\x1b[H\x1b[2J\x1b[3J");
}

const counts = new Map<string, number>();

function labelOf(label: unknown): string {
  return label === undefined ? "default" : String(label);
}

export function count(label: unknown): void {
  const name = labelOf(label);
  const next = (counts.get(name) ?? 0) + 1;
  counts.set(name, next);
  writeText(STDOUT, colors(STDOUT) ? `${RESET}${name}${DIM}: ${RESET}${YELLOW}${next}${RESET}\n` : `${name}: ${next}\n`);
}

export function countReset(label: unknown): void {
  counts.delete(labelOf(label));
}

const timers = new Map<string, number>();

export function time(label: unknown): void {
  const name = labelOf(label);
  if (!timers.has(name)) timers.set(name, performance.now());
}

export function timeLog(label: unknown, args: unknown[], end: boolean): void {
  const name = labelOf(label);
  const start = timers.get(name);
  if (start === undefined) return;
  const elapsed = performance.now() - start;
  if (end) timers.delete(name);
  const rest = args.length === 0 ? "" : " " + inspector().formatLine(args, colors(STDERR));
  const shown = `${elapsed.toFixed(2)}ms`;
  const time = colors(STDERR) ? `${RESET}${DIM}[${BOLD}${shown}${RESET}${DIM}]${RESET}` : `[${shown}]`;
  writeText(STDERR, `${time} ${name}${rest}\n`);
}

/** `console.write`: strings and bytes as they are, without a line end; answers how many bytes were written. */
export function write(args: unknown[]): number {
  let written = 0;
  for (const arg of args) {
    if (ArrayBuffer.isView(arg) || arg instanceof ArrayBuffer) written += writeBytes(STDOUT, arg);
    else written += writeText(STDOUT, String(arg));
  }
  return written;
}

/** Standard input line by line, without line ends. */
export async function* lines(): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const chunk = await readInput();
    if (chunk === null) break;
    rest += decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n", from)) {
      yield rest.slice(from, end);
      from = end + 1;
    }
    rest = rest.slice(from);
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
