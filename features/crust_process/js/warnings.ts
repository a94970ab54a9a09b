// `process.emitWarning` and what happens to warnings: the `warning` event, and a line on standard
// error unless the flags say otherwise.

import { codes } from "crust:node/internal/errors";
import { validateString } from "crust:node/internal/validators";

let installed = false;
let hinted = false;

function hasFlag(process: any, name: string): boolean {
  return process.execArgv.includes(name) || (process.env.NODE_OPTIONS ?? "").split(/\s+/).includes(name);
}

function makeWarning(warning: string, name: string, code: string | undefined, detail: string | undefined, constructor: unknown): Error {
  const error: any = new Error(warning);
  error.name = name;
  if (code !== undefined) error.code = code;
  if (detail !== undefined) error.detail = detail;
  if (typeof constructor === "function") Error.captureStackTrace?.(error, constructor as () => void);
  return error;
}

export function emitWarning(process: any, warning: unknown, type: unknown, code: unknown, constructor: unknown): void {
  let detail: string | undefined;
  if (type !== null && typeof type === "object" && !Array.isArray(type)) {
    const options = type as { type?: unknown; code?: unknown; ctor?: unknown; detail?: unknown };
    constructor = options.ctor ?? constructor;
    code = options.code;
    if (typeof options.detail === "string") detail = options.detail;
    type = options.type || "Warning";
  } else if (typeof type === "function") {
    constructor = type;
    code = undefined;
    type = "Warning";
  }
  if (type !== undefined) validateString(type, "type");
  if (typeof code === "function") {
    constructor = code;
    code = undefined;
  } else if (code !== undefined) validateString(code, "code");
  let error: any;
  if (typeof warning === "string") error = makeWarning(warning, (type as string) ?? "Warning", code as string | undefined, detail, constructor);
  else if (warning instanceof Error) error = warning;
  else throw new codes.ERR_INVALID_ARG_TYPE!("warning", ["Error", "string"], warning);
  if (error.name === "DeprecationWarning") {
    if (process.noDeprecation || hasFlag(process, "--no-deprecation")) return;
    if (process.throwDeprecation || hasFlag(process, "--throw-deprecation")) {
      process.nextTick(() => {
        throw error;
      });
      return;
    }
  }
  install(process);
  process.nextTick(() => process.emit("warning", error));
}

// The listener that prints is one like any other: programs remove it to be silent.
function install(process: any): void {
  if (installed) return;
  installed = true;
  if (hasFlag(process, "--no-warnings") || process.env.NODE_NO_WARNINGS === "1") return;
  process.prependListener("warning", (warning: any) => print(process, warning));
}

function print(process: any, warning: any): void {
  if (!(warning instanceof Error)) return;
  const deprecation = warning.name === "DeprecationWarning";
  if (deprecation && process.noDeprecation) return;
  const traced = process.traceProcessWarnings || hasFlag(process, "--trace-warnings") || (deprecation && (process.traceDeprecation || hasFlag(process, "--trace-deprecation")));
  const code = (warning as any).code;
  let line = `(node:${process.pid}) ${code === undefined ? "" : `[${code}] `}`;
  line += traced && warning.stack ? warning.stack : `${warning.name}: ${warning.message}`;
  if (typeof (warning as any).detail === "string") line += `\n${(warning as any).detail}`;
  if (!traced && !hinted) {
    hinted = true;
    const flag = deprecation ? "--trace-deprecation" : "--trace-warnings";
    line += `\n(Use \`${process.argv0.split("/").pop()} ${flag} ...\` to show where the warning was created)`;
  }
  const { write } = require("crust:ops/console");
  write(2, `${line}\n`);
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** `--unhandled-rejections=warn`: what was rejected, and what that means. */
export function warnRejection(reason: unknown): void {
  const { process } = globalThis as any;
  const name = "UnhandledPromiseRejectionWarning";
  const what = reason instanceof Error ? String(reason.stack) : textOf(reason);
  process.emitWarning(what, name);
  process.emitWarning(
    "Unhandled promise rejection. This error originated either by throwing inside of an async function without a catch block, or by " +
      "rejecting a promise which was not handled with .catch(). To terminate the process on unhandled promise rejection, use the CLI flag " +
      "`--unhandled-rejections=strict`.",
    name,
  );
}
