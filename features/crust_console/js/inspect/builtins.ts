// Dates, regular expressions, promises and boxed primitives.
import { promiseState } from "crust:ops/console";
import type { Formatter } from "crust:console/inspect/formatter";
import { constructorName } from "crust:console/inspect/kinds";
import { CYAN, GREEN, MAGENTA, RED, YELLOW, quote, stringWidthEstimate } from "crust:console/inspect/text";

const { getTime, toISOString } = Date.prototype;
const STATES = ["<pending>", "<resolved>", "<rejected>"];

export function formatDate(f: Formatter, value: Date): void {
  const text = Number.isNaN(getTime.call(value)) ? "Invalid Date" : toISOString.call(value);
  f.literal(text, MAGENTA, text.length + 2);
}

export function formatRegExp(f: Formatter, value: RegExp): void {
  f.scalar(RegExp.prototype.toString.call(value), RED);
}

export function formatPromise(f: Formatter, value: Promise<unknown>): void {
  if (!f.singleLine && f.lineIsFull()) f.newline();
  f.out += "Promise { ";
  f.paint(STATES[promiseState(value)] ?? "<unknown>", CYAN);
  f.out += " }";
}

export function formatBoxed(f: Formatter, value: Number | String | Boolean): void {
  if (value instanceof String) return boxedString(f, String.prototype.valueOf.call(value));
  const base = value instanceof Number ? "Number" : "Boolean";
  const inner = value instanceof Number ? Number.prototype.valueOf.call(value) : Boolean.prototype.valueOf.call(value);
  const name = constructorName(value);
  const label = name === undefined || name === base ? base : `${base} (${name})`;
  f.scalar(`[${label}: ${inner}]`, YELLOW);
}

function boxedString(f: Formatter, text: string): void {
  if (f.quoteStrings || f.colors) {
    f.line += stringWidthEstimate(text);
    if (text === "") f.out += '""';
    else f.paint(quote(text), GREEN);
  } else {
    f.out += `[String: ${quote(text)}]`;
  }
}
