// The state of one inspection and the walk over a value: scalars are written here, every other kind
// by the file named for it. Never writes to a stream.
import { proxyTarget } from "crust:ops/console";
import { formatArray } from "crust:console/inspect/arrays";
import { formatBinary } from "crust:console/inspect/binary";
import { formatCollection } from "crust:console/inspect/collections";
import { callCustom, customMethod } from "crust:console/inspect/custom";
import { formatFunction } from "crust:console/inspect/functions";
import { Kind, isRevoked, kindOf } from "crust:console/inspect/kinds";
import { formatObject } from "crust:console/inspect/objects";
import { formatBoxed, formatDate, formatPromise, formatRegExp } from "crust:console/inspect/builtins";
import type { Settings } from "crust:console/inspect/options";
import { BLUE, CYAN, DIM, GREEN, RESET, YELLOW, numberText, quote, stringWidthEstimate } from "crust:console/inspect/text";

/** A line longer than this is broken at the next comma of an array. */
const LINE_LENGTH = 80;

const LINE_STARTS = Array.from({ length: 16 }, (_, indent) => "\n" + "  ".repeat(indent));

export class Formatter {
  out = "";
  indent = 0;
  depth = 0;
  /** Estimate of the current line's length; it decides where arrays break. */
  line = 0;
  /** Strings inside another value are quoted; a string argument of console.log is not. */
  quoteStrings: boolean;
  readonly maxDepth: number;
  readonly colors: boolean;
  readonly sorted: boolean;
  readonly singleLine: boolean;
  readonly parents: object[] = [];
  readonly settings: Settings;

  constructor(settings: Settings, quoteStrings: boolean) {
    this.settings = settings;
    this.maxDepth = settings.depth;
    this.colors = settings.colors;
    this.sorted = settings.sorted;
    this.singleLine = settings.singleLine;
    this.quoteStrings = quoteStrings;
  }

  format(value: unknown): void {
    switch (typeof value) {
      case "string": return this.string(value);
      case "number": return this.scalar(numberText(value), YELLOW);
      case "bigint": {
        const digits = String(value);
        this.line += digits.length;
        return this.paint(digits + "n", YELLOW);
      }
      case "boolean": return this.scalar(value ? "true" : "false", YELLOW);
      case "undefined": return this.scalar("undefined", DIM);
      case "symbol": return this.symbol(value);
      default: return value === null ? this.scalar("null", YELLOW) : this.object(value as object);
    }
  }

  /** Writes `text` in a colour (when colours are on) without counting it. */
  paint(text: string, color: string): void {
    this.out += this.colors ? `${RESET}${color}${text}${RESET}` : text;
  }

  scalar(text: string, color: string): void {
    this.line += text.length;
    this.paint(text, color);
  }

  string(value: string): void {
    this.line += stringWidthEstimate(value);
    if (!this.quoteStrings) {
      this.out += value;
      return;
    }
    if (value === "") this.out += '""';
    else this.paint(quote(value), GREEN);
  }

  symbol(value: symbol): void {
    const text = value.toString();
    this.line += value.description ? text.length : 6;
    this.paint(text, BLUE);
  }

  comma(): void {
    this.line += 1;
    this.out += this.colors ? `${RESET}${DIM},${RESET}` : ",";
  }

  newline(): void {
    this.out += LINE_STARTS[this.indent] ?? "\n" + "  ".repeat(this.indent);
  }

  resetLine(): void {
    this.line = this.indent * 2;
  }

  /** Whether the line has grown long enough to break; starts the new line's estimate if so. */
  lineIsFull(): boolean {
    if (this.line <= LINE_LENGTH) return false;
    this.resetLine();
    return true;
  }

  tooDeep(): boolean {
    return this.depth > this.maxDepth;
  }

  /** Stands for a value below the depth limit. */
  elided(name: string, counted: boolean): void {
    const text = `[${name} ...]`;
    if (counted) this.line += text.length;
    this.paint(text, CYAN);
  }

  object(given: object): void {
    if (isRevoked(given)) return this.paint("<Revoked Proxy>", CYAN);
    let value = given;
    for (let target = proxyTarget(value); target !== undefined; target = proxyTarget(value)) value = target;
    if (this.parents.includes(value)) return this.paint("[Circular]", CYAN);
    const method = customMethod(value);
    if (method === undefined) return this.byKind(value, kindOf(value));
    // The platform's own classes have Node's layout as their method; Bun's layout goes first.
    const kind = kindOf(value);
    if (kind === Kind.Web || kind === Kind.Buffer) return this.byKind(value, kind);
    const result = callCustom(this, value, method);
    if (result === value) this.byKind(value, kind);
    else if (typeof result === "string") this.out += result;
    else this.format(result);
  }

  private byKind(value: object, kind: Kind): void {
    switch (kind) {
      case Kind.Function: return formatFunction(this, value as Function);
      case Kind.TypedArray:
      case Kind.DataView:
      case Kind.ArrayBuffer:
      case Kind.Buffer: return formatBinary(this, value as ArrayBufferView | ArrayBuffer, kind);
      case Kind.Date: return formatDate(this, value as Date);
      case Kind.RegExp: return formatRegExp(this, value as RegExp);
      case Kind.Promise: return formatPromise(this, value as Promise<unknown>);
      case Kind.Boxed: return formatBoxed(this, value as Number | String | Boolean);
      case Kind.WeakMap: this.out += "WeakMap {}"; return;
      case Kind.WeakSet: this.out += "WeakSet {}"; return;
      case Kind.Empty: this.out += "{}"; return;
      default: return this.container(value, kind);
    }
  }

  /** A value that may contain itself: it stays on the stack of values being printed meanwhile. */
  private container(value: object, kind: Kind): void {
    this.parents.push(value);
    try {
      this.contents(value, kind);
    } finally {
      this.parents.pop();
    }
  }

  private contents(value: object, kind: Kind): void {
    switch (kind) {
      case Kind.Array:
      case Kind.Arguments: return formatArray(this, value as unknown[], kind === Kind.Arguments);
      case Kind.Map:
      case Kind.Set:
      case Kind.MapIterator:
      case Kind.SetIterator: return formatCollection(this, value, kind);
      case Kind.Error: return (require("crust:console/inspect/errors") as typeof import("crust:console/inspect/errors")).formatError(this, value as Error);
      case Kind.Element: return (require("crust:console/inspect/elements") as typeof import("crust:console/inspect/elements")).formatElement(this, value);
      case Kind.Web: return (require("crust:console/inspect/web") as typeof import("crust:console/inspect/web")).formatWeb(this, value);
      default: return formatObject(this, value);
    }
  }

  /** Writes a date or other text that counts as a quoted string. */
  literal(text: string, color: string, width: number): void {
    this.line += width;
    this.paint(text, color);
  }
}

