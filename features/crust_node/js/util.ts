// `node:util`. The inspector is the console's; larger parts (parseArgs, deep equality, differences) load on first use.

import * as inspection from "crust:console/node_inspect";
import { codes } from "crust:node/internal/errors";
import * as mime from "crust:node/internal/mime";
import * as promises from "crust:node/internal/promisify";
import { validateAbortSignal, validateBoolean, validateFunction, validateNumber, validateObject, validateOneOf, validateString } from "crust:node/internal/validators";
import typeChecks from "crust:node/util/types";

// Builtins export values, not other modules' bindings.
export const { inspect, format, formatWithOptions } = inspection;
export const { callbackify, promisify } = promises;
export const { MIMEParams, MIMEType } = mime;
export const types = typeChecks;

const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_NOT_IMPLEMENTED } = codes as any;

export function inherits(constructor: any, superConstructor: any): void {
  if (constructor === undefined || constructor === null) throw new ERR_INVALID_ARG_TYPE("ctor", "Function", constructor);
  if (superConstructor === undefined || superConstructor === null) throw new ERR_INVALID_ARG_TYPE("superCtor", "Function", superConstructor);
  if (superConstructor.prototype === undefined) throw new ERR_INVALID_ARG_TYPE("superCtor.prototype", "Object", superConstructor.prototype);
  Object.defineProperty(constructor, "super_", { value: superConstructor, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, superConstructor.prototype);
}

function extend(target: any, source: any): any {
  if (source === null || typeof source !== "object") return target;
  for (const key of Object.keys(source)) target[key] = source[key];
  return target;
}

const warnedCodes = new Set<string>();

export const _extend = deprecate(extend, "The `util._extend` API is deprecated. Please use Object.assign() instead.", "DEP0060");
export const isArray = deprecate(Array.isArray, "The `util.isArray` API is deprecated. Please use `Array.isArray()` instead.", "DEP0044");

/** Wraps `fn` so that its first call warns; one code warns once per process. */
export function deprecate(fn: any, message: string, code?: string, options?: { modifyPrototype?: boolean }): any {
  validateFunction(fn, "fn");
  if (code !== undefined) validateString(code, "code");
  if ((process as any).noDeprecation === true) return fn;
  let warned = false;
  function deprecated(this: any, ...args: any[]) {
    if (!warned) {
      warned = true;
      if (code === undefined) process.emitWarning(message, "DeprecationWarning", deprecated);
      else if (!warnedCodes.has(code)) {
        warnedCodes.add(code);
        process.emitWarning(message, "DeprecationWarning", code, deprecated);
      }
    }
    return new.target ? Reflect.construct(fn, args, new.target) : Reflect.apply(fn, this, args);
  }
  if (options?.modifyPrototype !== false) {
    Object.setPrototypeOf(deprecated, fn);
    if (fn.prototype) (deprecated as any).prototype = fn.prototype;
  }
  Object.defineProperty(deprecated, "length", { ...Object.getOwnPropertyDescriptor(fn, "length") });
  return deprecated;
}

let debugPattern: RegExp | undefined;

function debugEnabled(set: string): boolean {
  if (debugPattern === undefined) {
    const listed = (process.env["NODE_DEBUG"] ?? "").replace(/[|\\{}()[\]^$+?.]/g, "\\$&").replaceAll("*", ".*").replaceAll(",", "$|^");
    debugPattern = new RegExp(`^${listed}$`, "i");
  }
  return debugPattern.test(set);
}

/** A logger to standard error that is silent unless `NODE_DEBUG` names `set`. */
export function debuglog(set: string, callback?: (logger: any) => void): any {
  const name = set.toUpperCase();
  let decided: boolean | undefined;
  const enabled = (): boolean => (decided ??= debugEnabled(name));
  const logger = (...args: any[]): void => {
    callback?.(write);
    callback = undefined;
    write(...args);
  };
  const write = (...args: any[]): void => {
    if (enabled()) process.stderr.write(`${name} ${process.pid}: ${format(...args)}\n`);
  };
  for (const fn of [logger, write]) Object.defineProperty(fn, "enabled", { get: enabled, configurable: true, enumerable: true });
  return logger;
}
export const debug = debuglog;

// CSI and OSC sequences, as ECMA-48 §5.4 and §5.6 shape them.
const controlSequences = /[\u001b\u009b][[\]()#;?]*(?:(?:(?:(?:;[-a-zA-Z\d/#&.:=?%@~_]+)*|[a-zA-Z\d]+(?:;[-a-zA-Z\d/#&.:=?%@~_]*)*)?(?:\u0007|\u001b\u005c|\u009c))|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]))/g;

export function stripVTControlCharacters(text: string): string {
  validateString(text, "str");
  return text.includes("\u001b") || text.includes("\u009b") ? text.replace(controlSequences, "") : text;
}

export function toUSVString(input: unknown): string {
  return (String(input) as any).toWellFormed();
}

function readColour(format: string): [string, string] | undefined {
  if (/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(format)) {
    const hex = format.length === 4 ? format.slice(1).replace(/./g, "$&$&") : format.slice(1);
    const [r, g, b] = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    return [`\u001b[38;2;${r};${g};${b}m`, "\u001b[39m"];
  }
  const pair = (inspect as any).colors[format];
  return pair && [`\u001b[${pair[0]}m`, `\u001b[${pair[1]}m`];
}

function streamWantsColour(stream: any): boolean {
  if (stream !== undefined && (stream === null || (typeof stream.write !== "function" && typeof stream.getWriter !== "function"))) {
    throw new ERR_INVALID_ARG_TYPE("stream", ["ReadableStream", "WritableStream", "Stream"], stream);
  }
  const { env } = process;
  if (env["FORCE_COLOR"] !== undefined) return !["0", "false"].includes(env["FORCE_COLOR"]);
  if (env["NO_COLOR"] !== undefined || env["NODE_DISABLE_COLORS"] !== undefined) return false;
  return Boolean(stream?.isTTY && (typeof stream.getColorDepth !== "function" || stream.getColorDepth() > 2));
}

export function styleText(formats: string | string[], text: string, options: { validateStream?: boolean; stream?: any } = {}): string {
  const { validateStream = true, stream = process.stdout } = options ?? {};
  validateString(text, "text");
  validateBoolean(validateStream, "options.validateStream");
  const list = Array.isArray(formats) ? formats : [formats];
  const pairs: [string, string][] = [];
  for (const one of list) {
    if (one === "none") continue;
    const pair = typeof one === "string" ? readColour(one) : undefined;
    if (pair === undefined) validateOneOf(one, "format", Object.getOwnPropertyNames((inspect as any).colors));
    pairs.push(pair!);
  }
  if (validateStream && !streamWantsColour(stream)) return text;
  let out = text;
  for (const [open, close] of pairs.reverse()) {
    // A style closed inside the text is opened again behind it.
    const kept = close === "\u001b[22m" ? `${close}${open}` : open;
    out = `${open}${out.replaceAll(close, kept)}${close}`;
  }
  return out;
}

export function isDeepStrictEqual(a: unknown, b: unknown, options?: { skipPrototype?: boolean }): boolean {
  const skip = typeof options === "object" ? Boolean(options?.skipPrototype) : Boolean(options);
  return require("crust:node/internal/deep_equal").isDeepEqual(a, b, "strict", skip);
}

export function parseArgs(config?: any): any {
  return require("crust:node/internal/parse_args").parseArgs(config);
}

export function parseEnv(content: string): Record<string, string> {
  validateString(content, "content");
  return require("crust:node/internal/parse_env").parseEnv(content);
}

/** The difference of two strings (by line) or lists, as `[-1 | 0 | 1, value]` pairs. */
export function diff(actual: any, expected: any): any[] {
  if (typeof actual !== "string" || typeof expected !== "string") {
    if (typeof actual === "string") validateString(expected, "expected");
    for (const [value, name] of [[actual, "actual"], [expected, "expected"]] as const) {
      if (!Array.isArray(value)) throw new ERR_INVALID_ARG_TYPE(name, ["string", "Array"], value);
      value.forEach((item: unknown, index: number) => validateString(item, `${name}[${index}]`));
    }
  }
  if (actual === expected) return [];
  const { myersDiff } = require("crust:node/internal/diff");
  return myersDiff([...actual], [...expected]);
}

function systemErrorOf(errno: unknown): [string, string] | undefined {
  validateNumber(errno, "err");
  if (errno >= 0 || !Number.isSafeInteger(errno)) throw new ERR_OUT_OF_RANGE("err", "a negative integer", errno);
  return require("crust:node/internal/system_errors").systemErrorMap().get(errno);
}

export function getSystemErrorName(errno: number): string {
  return systemErrorOf(errno)?.[0] ?? `Unknown system error ${errno}`;
}

export function getSystemErrorMessage(errno: number): string {
  return systemErrorOf(errno)?.[1] ?? `Unknown system error ${errno}`;
}

export function getSystemErrorMap(): Map<number, [string, string]> {
  return new Map(require("crust:node/internal/system_errors").systemErrorMap());
}

export function _errnoException(errno: number, syscall: string, original?: string): Error {
  const code = getSystemErrorName(errno);
  const error: any = new Error(original ? `${syscall} ${code} ${original}` : `${syscall} ${code}`);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  return error;
}

export function _exceptionWithHostPort(errno: number, syscall: string, address: string, port?: number, additional?: string): Error {
  const code = getSystemErrorName(errno);
  let details = "";
  if (port && port > 0) details = ` ${address}:${port}`;
  else if (address) details = ` ${address}`;
  if (additional) details += ` - Local (${additional})`;
  const error: any = new Error(`${syscall} ${code}${details}`);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  error.address = address;
  if (port) error.port = port;
  return error;
}

/** The frames of the caller, innermost first. */
export function getCallSites(count: any = 8, options?: { sourceMap?: boolean }): object[] {
  let frames = count;
  if (typeof count === "object") {
    validateObject(count, "options");
    frames = 8;
  } else if (options !== undefined) validateObject(options, "options");
  validateNumber(frames, "frameCount", 1, 200);
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, getCallSites);
  return (holder.stack ?? "").split("\n").filter(Boolean).slice(0, frames).map(readFrame);
}

function readFrame(line: string): object {
  const match = /^\s*(?:at )?(?:(.*?)[@ ])?\(?(.*?):(\d+):(\d+)\)?$/.exec(line);
  const column = Number(match?.[4] ?? 0);
  return Object.assign(Object.create(null), {
    functionName: match?.[1] ?? "",
    scriptId: "0",
    scriptName: match?.[2] ?? line.trim(),
    lineNumber: Number(match?.[3] ?? 0),
    columnNumber: column,
    column,
  });
}

export function convertProcessSignalToExitCode(signal: string): number {
  validateString(signal, "signalCode");
  const { signals } = require("node:os").constants;
  validateOneOf(signal, "signalCode", Object.keys(signals));
  return 128 + signals[signal];
}

/** Resolves when `signal` aborts; does not keep `resource` alive. */
export async function aborted(signal: AbortSignal, resource: object): Promise<void> {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  validateObject(resource, "resource", { allowArray: true, allowFunction: true });
  if (signal.aborted) return;
  const held = new WeakRef(resource);
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => held.deref() && resolve(), { once: true });
  });
}

export function markPromiseAsHandled(promise: Promise<unknown>): void {
  if (!types.isPromise(promise)) throw new ERR_INVALID_ARG_TYPE("promise", "Promise", promise);
  promise.then(undefined, () => {});
}

function refuse(name: string): never {
  throw new ERR_NOT_IMPLEMENTED(`util.${name}`);
}
export const transferableAbortController = (): never => refuse("transferableAbortController");
export const transferableAbortSignal = (_signal: AbortSignal): never => refuse("transferableAbortSignal");
export const debounce = (_fn: unknown, _wait: number): never => refuse("debounce");
export const throttle = (_fn: unknown, _limit: number, _interval: number): never => refuse("throttle");
export const setTraceSigInt = (_enable: boolean): never => refuse("setTraceSigInt");

export const TextEncoder = globalThis.TextEncoder;
export const TextDecoder = globalThis.TextDecoder;

export default {
  _errnoException, _exceptionWithHostPort, _extend, callbackify, convertProcessSignalToExitCode, debug, debuglog, deprecate, format,
  styleText, formatWithOptions, getCallSites, getSystemErrorMap, getSystemErrorName, getSystemErrorMessage, inherits, inspect, isArray,
  isDeepStrictEqual, markPromiseAsHandled, promisify, stripVTControlCharacters, toUSVString, transferableAbortSignal,
  transferableAbortController, aborted, types, parseEnv, parseArgs, TextDecoder, TextEncoder, MIMEType, MIMEParams, diff, debounce,
  throttle, setTraceSigInt,
};
