// The global `console`: the short way of a line of text to its stream, and the names of all methods.
// Everything that is not one string argument is done in `console/methods.ts`, loaded on first use.
import { useColors, writeLine } from "crust:ops/console";

type Methods = typeof import("crust:console/methods");

let methods: Methods | undefined;

function more(): Methods {
  return (methods ??= require("crust:console/methods") as Methods);
}

const STDOUT = 1;
const STDERR = 2;

/** While a group is open every line is indented, which the short way does not do. */
const state = { grouped: false };

function log(...args: unknown[]): void;
function log(first: unknown): void {
  if (arguments.length === 1 && typeof first === "string" && !state.grouped) writeLine(STDOUT, first);
  else more().print(STDOUT, arguments);
}

function error(...args: unknown[]): void;
function error(first: unknown): void {
  if (arguments.length === 1 && typeof first === "string" && !state.grouped) writeLine(STDERR, inRed(first));
  else more().print(STDERR, arguments);
}

let stderrColors: boolean | undefined;

/** A message of console.error is red on a terminal. */
function inRed(text: string): string {
  stderrColors ??= useColors(STDERR);
  return stderrColors ? `\x1b[0m\x1b[31m${text}\x1b[0m` : text;
}

const console = {
  log,
  debug: function debug(...args: unknown[]) { Reflect.apply(log, undefined, args); },
  error,
  info: function info(...args: unknown[]) { Reflect.apply(log, undefined, args); },
  warn: function warn(first?: unknown) {
    if (arguments.length === 1 && typeof first === "string" && !state.grouped) writeLine(STDERR, first);
    else more().print(STDERR, arguments, "warn");
  },
  clear: function clear() { more().clear(); },
  dir: function dir(value?: unknown, options?: object) { if (arguments.length > 0) more().dir(value, options); },
  dirxml: function dirxml(...args: unknown[]) { Reflect.apply(log, undefined, args); },
  table: function table(data?: unknown, properties?: unknown) { more().table(arguments.length, data, properties); },
  trace: function trace(...args: unknown[]) { more().trace(args, trace); },
  assert: function assert(condition?: unknown, ...args: unknown[]) { if (!condition) more().assertionFailed(args); },
  count: function count(label?: unknown) { more().count(label); },
  countReset: function countReset(label?: unknown) { more().countReset(label); },
  time: function time(label?: unknown) { more().time(label); },
  timeLog: function timeLog(label?: unknown, ...args: unknown[]) { more().timeLog(label, args, false); },
  timeEnd: function timeEnd(label?: unknown) { more().timeLog(label, [], true); },
  // Marks for an attached inspector; without one they have nothing to do, as the specification of `timeStamp` says.
  timeStamp: function timeStamp() {},
  group: function group(...args: unknown[]) { more().group(args); },
  groupCollapsed: function groupCollapsed(...args: unknown[]) { more().group(args); },
  groupEnd: function groupEnd() { more().groupEnd(); },
  write: function write(...args: unknown[]): number { return more().write(args); },
};

Object.defineProperty(console, Symbol.toStringTag, { value: "console", configurable: true });
Object.defineProperty(console, Symbol.asyncIterator, {
  value: { [Symbol.asyncIterator]() { return more().lines(); } }[Symbol.asyncIterator], configurable: true, writable: true,
});
Object.defineProperty(console, "Console", {
  get() {
    const { Console } = require("crust:console/console_class") as typeof import("crust:console/console_class");
    Object.defineProperty(console, "Console", { value: Console, configurable: true, writable: true, enumerable: true });
    return Console;
  },
  set(value: unknown) {
    Object.defineProperty(console, "Console", { value, configurable: true, writable: true, enumerable: true });
  },
  configurable: true,
  enumerable: true,
});

export { console, state };
export default console;
