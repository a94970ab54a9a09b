// `process`: the object itself, with what programs read first. Everything rarer is loaded when asked
// for: being an EventEmitter (`process_events`), streams (`stdio`), signals (`signals`), memory and users
// (`system`), warnings (`warnings`).
// Never parses a command line: Rust hands over what the process was started with.

import { exitCode as coreExitCode, flush, reallyExit, setExitCode, setExitHandler, setHandledHandler, setRejectionHandler, setUncaughtHandler } from "crust:ops/core";
import * as native from "crust:ops/process";
import { run as runExitSteps } from "crust:process/exit";
import { makeEnvironment } from "crust:process/env";
import { nextTick } from "crust:process/next_tick";

const info = native.processInfo();
const absent = Symbol("absent");

function errors(): Record<string, new (...args: unknown[]) => Error> {
  return require("crust:node/internal/errors").codes;
}

function ProcessObject(this: any): void {}
Object.defineProperty(ProcessObject, "name", { value: "process" });

const emitterNames = new Set<PropertyKey>([
  "on", "once", "off", "emit", "addListener", "removeListener", "removeAllListeners", "prependListener", "prependOnceListener", "listeners",
  "rawListeners", "listenerCount", "eventNames", "setMaxListeners", "getMaxListeners", "_events", "_eventsCount", "_maxListeners",
]);
let isEmitter = false;

// Makes the object an EventEmitter, at the first use of one of its methods or of `instanceof`.
function becomeEmitter(): object {
  isEmitter = true;
  return require("crust:process/process_events").install(process, ProcessObject.prototype);
}

ProcessObject.prototype = Object.create(new Proxy(Object.prototype, {
  get: (target, name, receiver) => Reflect.get(emitterNames.has(name) ? becomeEmitter() : target, name, receiver),
  has: (target, name) => emitterNames.has(name) || Reflect.has(target, name),
  getPrototypeOf: () => becomeEmitter(),
}), { constructor: { value: ProcessObject, writable: true, enumerable: false, configurable: true } });

export const process: any = new (ProcessObject as any)();
Object.defineProperty(process, Symbol.toStringTag, { value: "process", configurable: true });

let exitCode: number | undefined;
let exiting = false;
let title: string = info.title;
let captureCallback: ((error: unknown) => void) | null = null;

/** Defines a property whose value is made when it is first read. */
function lazy(name: string, make: () => unknown, enumerable = true): void {
  let value: unknown = absent;
  Object.defineProperty(process, name, {
    get() {
      if (value === absent) value = make();
      return value;
    },
    set(replacement) {
      Object.defineProperty(process, name, { value: replacement, writable: true, enumerable, configurable: true });
    },
    enumerable,
    configurable: true,
  });
}

function argumentsOfProgram(): string[] {
  const list = [info.execPath];
  if (info.entry !== undefined) list.push(info.entry);
  list.push(...info.argv);
  return list;
}

let currentDirectory: string | undefined;

function cwd(): string {
  return (currentDirectory ??= native.cwd() as string);
}

function validExitCode(code: unknown): number | undefined {
  if (code === undefined || code === null) return undefined;
  let value: unknown = code;
  if (typeof code === "string" && code !== "") {
    const number = Number(code);
    if (Number.isInteger(number)) value = number;
  }
  if (typeof value !== "number") throw new (errors().ERR_INVALID_ARG_TYPE!)("code", "number", code);
  if (!Number.isInteger(value)) throw new (errors().ERR_OUT_OF_RANGE!)("code", "an integer", code);
  return value;
}

function setCode(code: number | undefined): void {
  exitCode = code;
  setExitCode((code ?? 0) | 0);
}

function exit(code?: unknown): never {
  if (arguments.length > 0 && code !== undefined) setCode(validExitCode(code));
  if (!exiting) {
    exiting = true;
    emit("exit", exitCode ?? coreExitCode());
  }
  process.reallyExit(exitCode ?? coreExitCode());
  throw new Error("process.reallyExit returned");
}

function versions(): Record<string, string> {
  const list: Record<string, string> = { node: "26.3.0", bun: "1.4.4", crust: info.crust, modules: "147", uv: "1.52.1", v8: "14.6.202.34-node.20" };
  for (const name of Object.keys(list)) Object.defineProperty(list, name, { writable: false, configurable: false });
  return list;
}

Object.assign(process, {
  version: "v26.3.0",
  versions: versions(),
  arch: info.arch,
  platform: info.platform,
  release: { name: "node", sourceUrl: "https://nodejs.org/download/release/v26.3.0/node-v26.3.0.tar.gz", headersUrl: "https://nodejs.org/download/release/v26.3.0/node-v26.3.0-headers.tar.gz" },
  argv: argumentsOfProgram(),
  execArgv: info.execArgv,
  env: makeEnvironment(native.environment()),
  pid: info.pid,
  execPath: info.execPath,
  debugPort: 9229,
  argv0: info.argv0,
  isBun: true,
  _preload_modules: [],
  nextTick,
  exit,
  reallyExit(code?: unknown): void {
    runExitSteps();
    reallyExit(Number(code) | 0);
  },
  abort(): void {
    flush();
    native.abort();
  },
  cwd,
  chdir(directory: unknown): void {
    if (typeof directory !== "string") throw new (errors().ERR_INVALID_ARG_TYPE!)("directory", "string", directory);
    currentDirectory = undefined;
    native.chdir(directory);
  },
  hrtime,
  uptime: (): number => native.uptime(),
  kill(pid: unknown, signal?: unknown): true {
    return require("crust:process/signals").kill(pid, signal);
  },
  emitWarning(warning: unknown, type?: unknown, code?: unknown, constructor?: unknown): void {
    require("crust:process/warnings").emitWarning(process, warning, type, code, constructor ?? process.emitWarning);
  },
  binding(name: unknown): never {
    throw Object.assign(new Error(`No such module: ${name}`), { code: "ERR_INVALID_MODULE" });
  },
  dlopen(): never {
    throw Object.assign(new Error("process.dlopen() is not implemented: native addons are not supported"), { code: "ERR_METHOD_NOT_IMPLEMENTED" });
  },
  getBuiltinModule(id: unknown): unknown {
    if (typeof id !== "string") throw new (errors().ERR_INVALID_ARG_TYPE!)("id", "string", id);
    const { isBuiltin, Module } = require("crust:core/commonjs");
    return isBuiltin(id) ? Module._load(id, undefined, false) : undefined;
  },
  setUncaughtExceptionCaptureCallback(callback: unknown): void {
    if (callback === null) {
      captureCallback = null;
      return;
    }
    if (typeof callback !== "function") throw new (errors().ERR_INVALID_ARG_TYPE!)("fn", ["Function", "null"], callback);
    if (captureCallback !== null) throw new (errors().ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET!)();
    captureCallback = callback as typeof captureCallback;
  },
  hasUncaughtExceptionCaptureCallback: (): boolean => captureCallback !== null,
  setSourceMapsEnabled(value: unknown): void {
    if (typeof value !== "boolean") throw new (errors().ERR_INVALID_ARG_TYPE!)("enabled", "boolean", value);
  },
  ref(resource: any): void {
    (resource?.[Symbol.for("nodejs.ref")] ?? resource?.ref)?.call(resource);
  },
  unref(resource: any): void {
    (resource?.[Symbol.for("nodejs.unref")] ?? resource?.unref)?.call(resource);
  },
});

Object.defineProperties(process, {
  _exiting: { get: () => exiting, set: (value) => { exiting = value; }, enumerable: true, configurable: true },
  exitCode: { get: () => exitCode, set: (code) => setCode(validExitCode(code)), enumerable: true, configurable: true },
  ppid: { get: () => native.parentId(), enumerable: true, configurable: true },
  title: {
    get: () => title,
    set(value) {
      title = String(value);
      native.setTitle(title);
    },
    enumerable: true,
    configurable: true,
  },
});

for (const name of ["stdin", "stdout", "stderr"]) lazy(name, () => require("crust:process/stdio")[name]());
for (const name of [
  "memoryUsage", "resourceUsage", "cpuUsage", "threadCpuUsage", "constrainedMemory", "availableMemory", "umask", "getuid", "geteuid", "getgid",
  "getegid", "getgroups", "setuid", "seteuid", "setgid", "setegid", "setgroups", "features", "config", "allowedNodeEnvironmentFlags", "loadEnvFile",
  "execve", "openStdin", "getActiveResourcesInfo", "_getActiveHandles", "_getActiveRequests", "_rawDebug", "assert", "sourceMapsEnabled", "finalization",
]) {
  lazy(name, () => require("crust:process/system")[name]);
}

// Seconds and nanoseconds, then both together in nanoseconds.
const hrtimeBuffer = new ArrayBuffer(24);
const hrtimeFigures = new Float64Array(hrtimeBuffer);
const hrtimeTotal = new BigUint64Array(hrtimeBuffer, 16);

function hrtime(previous?: unknown): [number, number] {
  native.hrtime(hrtimeFigures);
  let seconds = hrtimeFigures[0]!;
  let nanoseconds = hrtimeFigures[1]!;
  if (previous !== undefined) {
    if (!Array.isArray(previous)) throw new (errors().ERR_INVALID_ARG_TYPE!)("time", "Array", previous);
    if (previous.length !== 2) throw new (errors().ERR_OUT_OF_RANGE!)("time", 2, previous.length);
    seconds -= previous[0];
    nanoseconds -= previous[1];
    if (nanoseconds < 0) {
      seconds--;
      nanoseconds += 1e9;
    }
  }
  return [seconds, nanoseconds];
}
hrtime.bigint = function bigint(): bigint {
  native.hrtime(hrtimeFigures);
  return hrtimeTotal[0]!;
};

// Without listeners there is nothing to tell, and nothing to load.
function emit(event: string, ...values: unknown[]): boolean {
  return isEmitter && process.emit(event, ...values);
}

setExitHandler((event: string, code: number) => {
  if (event === "beforeExit") {
    emit("beforeExit", exitCode ?? code);
    return;
  }
  if (!exiting) {
    exiting = true;
    // An error ends the process with a code of its own.
    if (code !== 0) exitCode = code;
    emit("exit", exitCode ?? code);
  }
  runExitSteps();
});

setUncaughtHandler((error: unknown, origin: string) => {
  emit("uncaughtExceptionMonitor", error, origin);
  if (captureCallback !== null) {
    captureCallback(error);
    return true;
  }
  return emit("uncaughtException", error, origin);
});

setHandledHandler((promise: Promise<unknown>) => emit("rejectionHandled", promise));
setRejectionHandler((reason: unknown, promise: Promise<unknown>) => emit("unhandledRejection", reason, promise));

// A process that was forked has a channel to its parent.
const channel = process.env.NODE_CHANNEL_FD;
if (channel !== undefined) {
  delete process.env.NODE_CHANNEL_FD;
  delete process.env.NODE_CHANNEL_SERIALIZATION_MODE;
  require("crust:process/ipc").attachToParent(process, Number(channel));
}

export default process;
