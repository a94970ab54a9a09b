// Node's `Console` class: a console over any two streams, in Node's formats.
import { formatWithOptions, inspect } from "crust:console/node_inspect";

interface Stream {
  write(text: string, callback?: (error?: Error | null) => void): unknown;
  isTTY?: boolean;
  getColorDepth?: () => number;
  listenerCount?(event: string): number;
  once?(event: string, listener: () => void): unknown;
  removeListener?(event: string, listener: () => void): unknown;
}

interface ConsoleOptions {
  stdout: Stream;
  stderr?: Stream;
  ignoreErrors?: boolean;
  colorMode?: boolean | "auto";
  inspectOptions?: object;
  groupIndentation?: number;
}

const MOST_INDENTATION = 1000;

function argumentError(code: string, message: string, Type: ErrorConstructor = TypeError): Error {
  return Object.assign(new Type(message), { code });
}

function ignore(): void {}

class State {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly ignoreErrors: boolean;
  readonly colorMode: boolean | "auto";
  readonly inspectOptions: object | undefined;
  readonly groupIndentation: number;
  readonly counts = new Map<string, number>();
  readonly timers = new Map<string, number>();
  indentation = "";

  constructor(options: ConsoleOptions) {
    const { stdout, stderr = stdout, ignoreErrors = true, colorMode = "auto", inspectOptions, groupIndentation = 2 } = options;
    if (typeof stdout?.write !== "function") throw argumentError("ERR_CONSOLE_WRITABLE_STREAM", "Console expects a writable stream instance for stdout");
    if (typeof stderr?.write !== "function") throw argumentError("ERR_CONSOLE_WRITABLE_STREAM", "Console expects a writable stream instance for stderr");
    if (typeof colorMode !== "boolean" && colorMode !== "auto") {
      throw argumentError("ERR_INVALID_ARG_VALUE", `The argument 'colorMode' must be one of: 'auto', true, false. Received ${inspect(colorMode)}`);
    }
    if (!Number.isInteger(groupIndentation) || groupIndentation < 0 || groupIndentation > MOST_INDENTATION) {
      throw argumentError("ERR_OUT_OF_RANGE", `The value of "groupIndentation" is out of range. It must be >= 0 && <= ${MOST_INDENTATION}. Received ${groupIndentation}`, RangeError as ErrorConstructor);
    }
    this.stdout = stdout;
    this.stderr = stderr;
    this.ignoreErrors = ignoreErrors;
    this.colorMode = colorMode;
    this.inspectOptions = inspectOptions;
    this.groupIndentation = groupIndentation;
  }

  format(stream: Stream, args: unknown[]): string {
    return formatWithOptions(this.optionsFor(stream), ...args);
  }

  optionsFor(stream: Stream): object {
    const auto = this.colorMode === "auto";
    const colors = auto ? stream.isTTY === true && (stream.getColorDepth === undefined || stream.getColorDepth() > 2) : this.colorMode;
    return { colors, ...this.inspectOptions };
  }

  write(stream: Stream, line: string): void {
    let text = line;
    if (this.indentation !== "") text = this.indentation + text.replaceAll("\n", `\n${this.indentation}`);
    text += "\n";
    if (!this.ignoreErrors) {
      stream.write(text);
      return;
    }
    // A stream without a listener for its error would end the program.
    const guarded = stream.listenerCount?.("error") === 0;
    if (guarded) stream.once?.("error", ignore);
    try {
      stream.write(text, ignore);
    } catch (error) {
      if (error instanceof RangeError && /call stack/i.test(error.message)) throw error;
    } finally {
      if (guarded) stream.removeListener?.("error", ignore);
    }
  }
}

function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Number(milliseconds.toFixed(3))}ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(3)}s`;
  const pad = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const rest = (seconds % 60).toFixed(3).padStart(6, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${rest} (m:ss.mmm)`;
  return `${Math.floor(seconds / 3600)}:${pad((seconds % 3600) / 60)}:${rest.slice(0, 2)} (h:mm:ss)`;
}

function warn(message: string): void {
  process.emitWarning(message);
}

/** The methods, as functions of a state so that they work when taken off their console. */
function methodsOf(state: State): Record<string, (...args: never[]) => void> {
  const out = (...args: unknown[]) => state.write(state.stdout, state.format(state.stdout, args));
  const err = (...args: unknown[]) => state.write(state.stderr, state.format(state.stderr, args));
  const label = (given: unknown) => (given === undefined ? "default" : String(given));
  const elapsed = (name: string, method: string) => {
    const start = state.timers.get(name);
    if (start === undefined) warn(`No such label '${name}' for console.${method}()`);
    return start === undefined ? undefined : duration(performance.now() - start);
  };
  return {
    log: out, debug: out, info: out, dirxml: out, error: err, warn: err,
    dir(value: unknown, options?: object) {
      state.write(state.stdout, inspect(value, { customInspect: false, ...state.optionsFor(state.stdout), ...options }));
    },
    trace(...args: unknown[]) {
      const holder = { name: "Trace", message: args.length === 0 ? "" : state.format(state.stderr, args), stack: "" };
      Error.captureStackTrace(holder as Error);
      const frames = holder.stack.split("\n").filter((line) => /^\s+at /.test(line)).join("\n");
      state.write(state.stderr, `Trace${holder.message === "" ? "" : `: ${holder.message}`}\n${frames}`);
    },
    assert(condition: unknown, ...args: unknown[]) {
      if (condition) return;
      if (typeof args[0] === "string") err(`Assertion failed: ${args[0]}`, ...args.slice(1));
      else err("Assertion failed", ...args);
    },
    clear() {
      if (state.stdout.isTTY === true) state.stdout.write("\x1b[1;1H\x1b[0J");
    },
    count(given?: unknown) {
      const name = label(given);
      state.counts.set(name, (state.counts.get(name) ?? 0) + 1);
      out(`${name}: ${state.counts.get(name)}`);
    },
    countReset(given?: unknown) {
      const name = label(given);
      if (!state.counts.delete(name)) warn(`Count for '${name}' does not exist`);
    },
    group(...args: unknown[]) {
      if (args.length > 0) out(...args);
      state.indentation += " ".repeat(state.groupIndentation);
    },
    groupCollapsed(...args: unknown[]) {
      if (args.length > 0) out(...args);
      state.indentation += " ".repeat(state.groupIndentation);
    },
    groupEnd() {
      state.indentation = state.indentation.slice(0, state.indentation.length - state.groupIndentation);
    },
    time(given?: unknown) {
      const name = label(given);
      if (state.timers.has(name)) warn(`Label '${name}' already exists for console.time()`);
      else state.timers.set(name, performance.now());
    },
    timeLog(given?: unknown, ...args: unknown[]) {
      const name = label(given);
      const text = elapsed(name, "timeLog");
      if (text !== undefined) out("%s: %s", name, text, ...args);
    },
    timeEnd(given?: unknown) {
      const name = label(given);
      const text = elapsed(name, "timeEnd");
      if (text === undefined) return;
      out("%s: %s", name, text);
      state.timers.delete(name);
    },
    table(data: unknown, properties?: unknown) {
      const { formatNodeTable } = require("crust:console/node_table") as typeof import("crust:console/node_table");
      const { colors } = state.optionsFor(state.stdout) as { colors: boolean };
      const text = formatNodeTable(data, properties, colors);
      if (text === undefined) out(data);
      else out(text);
    },
  };
}

function readOptions(first: Stream | ConsoleOptions, stderr?: Stream, ignoreErrors?: boolean): ConsoleOptions {
  if (typeof (first as Stream | undefined)?.write === "function") {
    const options: ConsoleOptions = { stdout: first as Stream };
    if (stderr !== undefined) options.stderr = stderr;
    if (ignoreErrors !== undefined) options.ignoreErrors = ignoreErrors;
    return options;
  }
  return (first ?? {}) as ConsoleOptions;
}

/** `new Console({ stdout, stderr, … })` or `new Console(stdout, stderr, ignoreErrors)`; works without `new`. */
export const Console = function Console(this: unknown, first: Stream | ConsoleOptions, stderr?: Stream, ignoreErrors?: boolean) {
  if (new.target === undefined) return Reflect.construct(Console as Function, [first, stderr, ignoreErrors]);
  Object.assign(this as object, methodsOf(new State(readOptions(first, stderr, ignoreErrors))));
  return undefined;
} as unknown as { new (options: ConsoleOptions): object; prototype: object };

Object.defineProperty(Console, Symbol.hasInstance, {
  value(instance: unknown) {
    return instance === globalThis.console || Function.prototype[Symbol.hasInstance].call(Console, instance);
  },
});
