// `AssertionError` and the texts it shows: short comparisons, line by line differences, or the values.

import { inspect } from "crust:console/node_inspect";
import { myersDiff } from "crust:node/internal/diff";
import { validateObject, validateOneOf } from "crust:node/internal/validators";

const headers: Record<string, string> = {
  deepStrictEqual: "Expected values to be strictly deep-equal:",
  partialDeepStrictEqual: "Expected values to be partially and strictly deep-equal:",
  strictEqual: "Expected values to be strictly equal:",
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: "Expected values to be loosely deep-equal:",
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: "Values have same structure but are not reference-equal:",
  notDeepEqualUnequal: "Expected values not to be loosely deep-equal:",
};

/** Two values this short together are compared on one line. */
const SHORT = 12;
/** Lines of equal text shown around a difference. */
const CONTEXT = 5;
const MAX_LINES = 50;
const MAX_TEXT = 512;

function show(value: unknown): string {
  // Where an error was made is no part of its value.
  if (value instanceof Error && Object.keys(value).length === 0) return `[${value.name}: ${value.message}]`;
  return inspect(value, {
    compact: false, customInspect: false, depth: 1000, maxArrayLength: Number.POSITIVE_INFINITY, showHidden: false, showProxy: false, sorted: true,
    getters: true, breakLength: Number.POSITIVE_INFINITY,
  });
}

function isObjectLike(value: unknown): boolean {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

interface Paint {
  green: string;
  red: string;
  white: string;
  gray: string;
}

function palette(): Paint {
  const { stderr, env } = process as any;
  const colours = Boolean(stderr?.isTTY) && env.NO_COLOR === undefined && env.NODE_DISABLE_COLORS === undefined;
  return colours ? { green: "\u001b[32m", red: "\u001b[31m", white: "\u001b[39m", gray: "\u001b[90m" } : { green: "", red: "", white: "", gray: "" };
}

/** A caret under the first character that differs, when that is far enough in to help. */
function caret(actual: string, expected: string): string {
  const width = process.stderr?.isTTY ? (process.stderr as any).columns : 80;
  if (actual.length >= width || expected.length >= width) return "";
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at++;
  return at > 2 && at < actual.length ? `\n${" ".repeat(at + 2)}^` : "";
}

const withoutComma = (line: string): string => (line.endsWith(",") ? line.slice(0, -1) : line);

function lineDiff(actual: string[], expected: string[], paint: Paint): { text: string; skipped: boolean } {
  const out: string[] = [];
  let skipped = false;
  let equal: string[] = [];
  const flush = () => {
    const rest = equal.slice(CONTEXT);
    if (rest.length > 2) {
      out.push(`${paint.gray}...${paint.white}`, `  ${rest.at(-1)}`);
      skipped = true;
    } else out.push(...rest.map((line) => `  ${line}`));
    equal = [];
  };
  let at = 0;
  for (const [kind, line] of myersDiff(actual, expected, (a, b) => withoutComma(a) === withoutComma(b))) {
    // `at` counts the expected lines: of two that differ in the comma alone, the one with it is shown.
    if (kind === 0) {
      const shown = line.endsWith(",") ? line : expected[at]!;
      at++;
      equal.push(shown);
      if (equal.length <= CONTEXT) out.push(`  ${shown}`);
      continue;
    }
    if (kind === -1) at++;
    flush();
    out.push(kind === 1 ? `${paint.green}+${paint.white} ${line}` : `${paint.red}-${paint.white} ${line}`);
  }
  // What is equal at the end is cut without a word.
  return { text: `\n${groupChanges(out).join("\n")}`, skipped };
}

/** Within one change the actual lines come before the expected ones. */
function groupChanges(lines: string[]): string[] {
  const out: string[] = [];
  let minus: string[] = [];
  for (const line of lines) {
    // eslint-disable-next-line no-control-regex -- colours are escape sequences
    const mark = line.replace(/\u001b\[\d+m/g, "")[0];
    if (mark === "-") minus.push(line);
    else {
      if (mark !== "+") {
        out.push(...minus);
        minus = [];
      }
      out.push(line);
    }
  }
  return out.concat(minus);
}

function difference(actual: any, expected: any, operator: string, customMessage: string | undefined): string {
  let kind = operator;
  if (operator === "strictEqual" && ((typeof actual === "object" && actual !== null && typeof expected === "object" && expected !== null) || (typeof actual === "function" && typeof expected === "function"))) {
    kind = "strictEqualObject";
  }
  const actualText = show(actual);
  const expectedText = show(expected);
  const actualLines = actualText.split("\n");
  const expectedLines = expectedText.split("\n");
  let header = headers[kind] ?? "";
  let body: string;
  const paint = palette();
  let skipped = false;
  if (actualLines.length === 1 && expectedLines.length === 1 && actualLines[0] !== expectedLines[0] && isShort(actual, expected, actualText, expectedText)) {
    return `${customMessage ?? header}\n\n${actualText} !== ${expectedText}\n`;
  }
  if (actualText === expectedText && operator === "strictEqual" && isObjectLike(actual) && typeof actual !== "function") {
    header = headers["notIdentical"]!;
    const lines = actualLines.length > MAX_LINES ? [...actualLines.slice(0, MAX_LINES), "..."] : actualLines;
    return `${customMessage ?? header}\n\n${lines.join("\n")}\n`;
  }
  if (actualLines.length === 1 && expectedLines.length === 1) {
    body = `\n${paint.green}+${paint.white} ${actualText}\n${paint.red}-${paint.white} ${expectedText}`;
    if (typeof actual === "string" && typeof expected === "string") body += caret(actualText, expectedText);
  } else if (actualText === expectedText) body = `\n${actualLines.map((line) => `  ${line}`).join("\n")}`;
  else ({ text: body, skipped } = lineDiff(actualLines, expectedLines, paint));
  const legend = `\n${paint.green}+ actual${paint.white} ${paint.red}- expected${paint.white}${skipped ? "\n... Skipped lines" : ""}`;
  return `${customMessage ?? header}${legend}\n${body}\n`;
}

function isShort(actual: any, expected: any, actualText: string, expectedText: string): boolean {
  if (isObjectLike(actual) || isObjectLike(expected)) return false;
  if (actual === 0 && expected === 0) return false;
  const strings = typeof actual === "string" && typeof expected === "string";
  return actualText.length + expectedText.length - (strings ? 4 : 0) <= SHORT;
}

function inequality(actual: any, operator: string): string {
  let header = headers[operator] ?? "";
  if (operator === "notStrictEqual" && isObjectLike(actual)) header = headers["notStrictEqualObject"]!;
  const lines = show(actual).split("\n");
  if (lines.length > MAX_LINES) {
    // The ellipsis takes the place of what no longer fits.
    lines.splice(MAX_LINES - 4, lines.length, "...");
  }
  if (lines.length === 1) return `${header}${lines[0]!.length > 5 ? "\n\n" : " "}${lines[0]}`;
  return `${header}\n\n${lines.join("\n")}\n`;
}

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 3)}...` : text;
}

function comparison(actual: any, expected: any, operator: string): string {
  const left = shorten(show(actual));
  const right = shorten(show(expected));
  if (operator === "deepEqual") return `${headers["deepEqual"]}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  if (operator === "notDeepEqual") return left === right ? `${headers["notDeepEqual"]}\n\n${left}` : `${headers["notDeepEqualUnequal"]}\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  return `${left} ${operator} ${right}`;
}

function describe(actual: any, expected: any, operator: string): string {
  if (operator === "deepStrictEqual" || operator === "strictEqual" || operator === "partialDeepStrictEqual") return difference(actual, expected, operator, undefined);
  if (operator === "notDeepStrictEqual" || operator === "notStrictEqual") return inequality(actual, operator);
  return comparison(actual, expected, operator);
}

export class AssertionError extends Error {
  generatedMessage: boolean;
  code: string;
  actual: unknown;
  expected: unknown;
  operator: string | undefined;
  diff: string;

  constructor(options: any) {
    validateObject(options, "options");
    const { message, operator, actual, expected, stackStartFn, stackStartFunction, diff = "simple" } = options;
    if (diff !== undefined) validateOneOf(diff, "options.diff", ["simple", "full"]);
    const limit = Error.stackTraceLimit;
    if (message != null) super(messageOf(message, operator, actual, expected));
    else super(describe(actual, expected, operator));
    Error.stackTraceLimit = limit;
    this.generatedMessage = !message;
    this.code = "ERR_ASSERTION";
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    this.diff = diff;
    // The stack is headed by the code as well, the name is not.
    Object.defineProperty(this, "name", { value: "AssertionError [ERR_ASSERTION]", enumerable: false, writable: true, configurable: true });
    Error.captureStackTrace?.(this, stackStartFn || stackStartFunction);
    this.name = "AssertionError";
  }

  /** The values are in the message already: they are not shown to their depths again. */
  [Symbol.for("nodejs.util.inspect.custom")](_depth: number, context: object): string {
    return inspect(this, { ...context, customInspect: false, depth: 0 });
  }

  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

/** A program's own message still gets the difference where there is one to show. */
function messageOf(message: any, operator: string, actual: any, expected: any): string {
  if (operator !== "deepStrictEqual" && operator !== "strictEqual") return String(message);
  return difference(actual, expected, operator, String(message));
}

