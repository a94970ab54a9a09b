// Errors: excerpt of the throwing line, name and message, own properties, stack frames, then the errors inside.
import { errorLocation } from "crust:ops/console";
import type { Formatter } from "crust:console/inspect/formatter";
import type { Level } from "crust:console/inspect/options";
import { highlight } from "crust:console/inspect/highlight";
import { BOLD, CYAN, DIM, GREEN, ITALIC, RED, RESET, YELLOW, quote } from "crust:console/inspect/text";

/** A source line longer than this is cut: it belongs to a minified file and its end says nothing. */
const LONGEST_SOURCE_LINE = 1024;
/** Errors nested in one another (by `cause` and the like) beyond this are not followed. */
const MOST_NESTED = 64;

const HIDDEN_KEYS = new Set<PropertyKey>(["message", "stack", "name", "code", "errors", "cause"]);

export function formatError(f: Formatter, error: Error): void {
  const quoted = f.quoteStrings;
  f.quoteStrings = true;
  writeError(f, error, 0);
  f.quoteStrings = quoted;
}

function writeError(f: Formatter, error: Error, nesting: number): void {
  const parts = read(error, "errors");
  if (isAggregate(error) && Array.isArray(parts) && parts.length > 0) {
    for (const part of parts) writePart(f, part, nesting);
    return;
  }
  const nested: Error[] = [];
  writeExcerpt(f, error);
  writeHeading(f, error);
  writeProperties(f, error, nested);
  writeFrames(f, error);
  const cause = read(error, "cause");
  if (isErrorObject(cause)) nested.push(cause);
  for (const inner of nested) writeNested(f, inner, nesting, "\n");
}

/** An error inside another, unless it is already on the way to here. */
function writeNested(f: Formatter, inner: Error, nesting: number, separator: string): void {
  if (f.parents.includes(inner) || nesting >= MOST_NESTED) return;
  f.out += separator;
  f.parents.push(inner);
  writeError(f, inner, nesting + 1);
  f.parents.pop();
}

function isAggregate(error: Error): boolean {
  return typeof AggregateError === "function" && error instanceof AggregateError;
}

function writePart(f: Formatter, part: unknown, nesting: number): void {
  if (isErrorObject(part)) {
    writeNested(f, part, nesting, "");
    return;
  }
  heading(f, "error", typeof part === "string" ? part : describe(f, part));
  f.out += `${typeof part === "string" ? part : describe(f, part)}\n`;
}

function describe(f: Formatter, value: unknown): string {
  const before = f.out;
  f.out = "";
  f.format(value);
  const text = f.out;
  f.out = before;
  return text;
}

function isErrorObject(value: unknown): value is Error {
  return value instanceof Error;
}

/** A property of an error; an accessor that throws reads as undefined. */
function read(error: Error, key: PropertyKey): unknown {
  try {
    return (error as unknown as Record<PropertyKey, unknown>)[key];
  } catch {
    return undefined;
  }
}

function writeExcerpt(f: Formatter, error: Error): void {
  // A warning is not worth six lines of source.
  if (f.settings.level === "warn") return;
  const location = errorLocation(error);
  if (location === undefined || location.lines.length === 0) return;
  const { line, column, lines } = location;
  const width = String(line).length;
  const first = line - lines.length + 1;
  lines.forEach((source, index) => {
    const number = String(first + index).padStart(width);
    f.out += f.colors ? `${RESET}${BOLD}${number} |${RESET} ` : `${number} | `;
    f.out += sourceText(f, source.trimEnd()) + "\n";
  });
  const last = lines[lines.length - 1] as string;
  if (last.length <= LONGEST_SOURCE_LINE) {
    f.out += " ".repeat(width + 3 + Math.max(0, column - 1)) + (f.colors ? `${RED}${BOLD}^${RESET}` : "^");
  }
  f.out += "\n";
}

function sourceText(f: Formatter, source: string): string {
  const cut = source.length > LONGEST_SOURCE_LINE;
  const text = cut ? source.slice(0, LONGEST_SOURCE_LINE) : source;
  const shown = f.colors ? highlight(text) : text;
  if (!cut) return shown;
  return shown + (f.colors ? `${RESET}${DIM} | ... truncated ${RESET}` : " | ... truncated");
}

function writeHeading(f: Formatter, error: Error): void {
  const message = text(read(error, "message"));
  const name = text(read(error, "name"));
  const code = read(error, "code");
  if (name === "Error" && typeof code === "string" && code !== "" && message.startsWith(code + ": ")) {
    heading(f, code, message.slice(code.length + 2));
  } else if (message === "") {
    heading(f, name === "" ? "Error" : name, "");
  } else {
    heading(f, name === "" || name === "Error" ? "error" : name, message);
  }
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null || typeof value === "symbol") return "";
  try {
    return String(value);
  } catch {
    return "";
  }
}

const LEVEL_COLORS: Record<Level, string> = { log: "", warn: YELLOW, error: RED };

function heading(f: Formatter, name: string, message: string): void {
  const { level } = f.settings;
  const word = name === "error" && level === "warn" ? "warn" : name;
  f.out += f.colors
    ? `${RESET}${LEVEL_COLORS[level]}${word}${RESET}${DIM}:${RESET} ${BOLD}${message}${RESET}\n`
    : `${word}: ${message}\n`;
}

function ownEnumerable(error: Error): [string, unknown][] {
  const found: [string, unknown][] = [];
  for (const key of Reflect.ownKeys(error)) {
    const descriptor = Object.getOwnPropertyDescriptor(error, key);
    if (descriptor === undefined || !descriptor.enumerable || !("value" in descriptor)) continue;
    if (typeof key === "string" && /^\d+$/.test(key)) continue;
    found.push([typeof key === "symbol" ? (key.description ?? "") : key, descriptor.value]);
  }
  return found;
}

/** Own enumerable properties, right-aligned by name; `code` comes last; errors are set aside for later. */
function writeProperties(f: Formatter, error: Error, nested: Error[]): void {
  const properties = ownEnumerable(error);
  const ownCode: unknown = Object.getOwnPropertyDescriptor(error, "code")?.value;
  const code = typeof ownCode === "string" ? ownCode : undefined;
  const width = properties.reduce((longest, [key]) => Math.max(longest, key.length), code === undefined ? 0 : 4);
  let written = false;
  for (const [key, value] of properties) {
    if (key === "code" ? typeof value === "string" : HIDDEN_KEYS.has(key) && !isOwnOddity(f, key, value)) continue;
    if (isErrorObject(value) && !f.parents.includes(value)) {
      nested.push(value);
      continue;
    }
    propertyName(f, key, width);
    propertyValue(f, value);
    f.out += f.colors ? `${RESET}${DIM},${RESET}\n` : ",\n";
    written = true;
  }
  if (code !== undefined && code !== "") {
    propertyName(f, "code", width);
    f.out += f.colors ? `${GREEN}${quote(code)}${RESET}\n` : `${quote(code)}\n`;
    written = true;
  }
  if (written) f.out += "\n";
}

/** `cause` that leads back into the circle and `errors` of an error that is no AggregateError are ordinary properties. */
function isOwnOddity(f: Formatter, key: string, value: unknown): boolean {
  if (key === "cause") return !isErrorObject(value) || f.parents.includes(value);
  return key === "errors";
}

function propertyName(f: Formatter, key: string, width: number): void {
  f.out += " " + key.padStart(width) + (f.colors ? `${RESET}${DIM}:${RESET} ` : ": ");
}

/** Values are shown one level deep whatever the depth of the inspection. */
function propertyValue(f: Formatter, value: unknown): void {
  const { depth } = f;
  f.depth = f.maxDepth;
  f.format(value);
  f.depth = depth;
}

/** A frame with a place; frames of native functions have none and are left out. */
const FRAME = /^\s*at (.+:\d+:\d+\)?)$/;
const FRAME_PARTS = /^(?:(.*) \()?((?:[^()]*\/)?)([^/()]*?):(\d+):(\d+)\)?$/;

function writeFrames(f: Formatter, error: Error): void {
  const stack = read(error, "stack");
  const frames = typeof stack === "string" ? stack.split("\n").map((line) => FRAME.exec(line)?.[1]).filter((frame) => frame !== undefined) : [];
  if (frames.length === 0) {
    const location = errorLocation(error);
    if (location !== undefined) frames.push(`${location.file}:${location.line}:${location.column}`);
  }
  for (const frame of frames) f.out += f.colors ? paintedFrame(frame) : `      at ${frame}\n`;
}

function functionText(name: string): string {
  return /^(?:new|async) /.test(name) ? name : `${RESET}${BOLD}${ITALIC}${name}${RESET}`;
}

export function paintedFrame(frame: string): string {
  const parts = FRAME_PARTS.exec(frame);
  if (parts === null) return `${RESET}      ${DIM}at ${RESET}${frame}\n`;
  const [, name, folder, file, line, column] = parts;
  const place = `${RESET}${CYAN}${DIM}${folder}${RESET}${CYAN}${file}${RESET}${DIM}:${RESET}${YELLOW}${line}${RESET}${DIM}:${YELLOW}${column}${RESET}`;
  return name === undefined
    ? `${RESET}      ${DIM}at ${RESET}${place}\n`
    : `${RESET}      ${DIM}at ${RESET}${functionText(name)}${DIM} (${RESET}${place}${DIM})${RESET}\n`;
}
