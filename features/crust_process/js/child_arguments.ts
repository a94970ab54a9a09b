// What a child is started with: checks and defaults of `node:child_process`. Starts nothing.

import { codes } from "crust:node/internal/errors";
import { validateAbortSignal, validateBoolean, validateInt32, validateNumber, validateString } from "crust:node/internal/validators";
import { signalNumber } from "crust:process/signals";

/** What the natives take: see `Spec` in `command.rs`. */
export interface ChildSpec {
  file: string;
  args: string[];
  cwd: string | undefined;
  env: string[];
  stdio: number[];
  uid: number | undefined;
  gid: number | undefined;
  detached: boolean;
}

export const IGNORE = -1;
export const PIPE = -2;

function nullCheck(value: string, name: string): void {
  if (value.includes("\0")) throw new codes.ERR_INVALID_ARG_VALUE!(name, value, "must be a string without null bytes");
}

/** Names and values in turn. */
export function environmentWords(env: Record<string, unknown>): string[] {
  const words: string[] = [];
  for (const name in env) {
    const value = env[name];
    if (value === undefined) continue;
    const text = `${value}`;
    nullCheck(name, `options.env['${name}']`);
    nullCheck(text, `options.env['${name}']`);
    words.push(name, text);
  }
  return words;
}

export function toDirectory(cwd: any): string | undefined {
  if (cwd === undefined || cwd === null) return undefined;
  const { toPath } = require("crust:fs/support");
  return toPath(cwd, "options.cwd");
}

export interface Normalized {
  file: string;
  args: string[];
  options: any;
  cwd: string | undefined;
  env: string[];
}

export function normalize(file: unknown, args: any, options: any): Normalized {
  validateString(file, "file");
  nullCheck(file, "file");
  if (file.length === 0) throw new codes.ERR_INVALID_ARG_VALUE!("file", file, "cannot be empty");
  if (Array.isArray(args)) args = args.slice();
  else if (args === undefined || args === null) args = [];
  else if (typeof args !== "object") throw new codes.ERR_INVALID_ARG_TYPE!("args", "object", args);
  else {
    options = args;
    args = [];
  }
  args = args.map(String);
  args.forEach((arg: string, index: number) => nullCheck(arg, `args[${index}]`));
  if (options === undefined) options = {};
  else if (options === null || typeof options !== "object") throw new codes.ERR_INVALID_ARG_TYPE!("options", "object", options);
  checkOptions(options);
  const cwd = toDirectory(options.cwd);
  let command: string = file;
  let list = [options.argv0 ?? file, ...args];
  if (options.shell) {
    const shell = typeof options.shell === "string" ? options.shell : "/bin/sh";
    list = [shell, "-c", [file, ...args].join(" ")];
    command = shell;
  }
  return { file: command, args: list, options, cwd, env: environmentWords(options.env ?? process.env) };
}

function checkOptions(options: any): void {
  const given = (name: string): boolean => options[name] !== undefined && options[name] !== null;
  if (given("detached")) validateBoolean(options.detached, "options.detached");
  if (given("uid")) validateInt32(options.uid, "options.uid");
  if (given("gid")) validateInt32(options.gid, "options.gid");
  if (given("shell") && typeof options.shell !== "boolean" && typeof options.shell !== "string") {
    throw new codes.ERR_INVALID_ARG_TYPE!("options.shell", ["boolean", "string"], options.shell);
  }
  if (given("argv0")) validateString(options.argv0, "options.argv0");
  if (given("timeout") && !(Number.isInteger(options.timeout) && options.timeout >= 0)) throw new codes.ERR_OUT_OF_RANGE!("timeout", "an unsigned integer", options.timeout);
  if (given("killSignal")) signalNumber(options.killSignal);
  if (options.signal !== undefined) validateAbortSignal(options.signal, "options.signal");
}

/** For the calls that collect output; `spawn` itself leaves the option to whoever passed it. */
export function checkMaxBuffer(value: any): void {
  if (value === undefined || value === null) return;
  validateNumber(value, "options.maxBuffer");
  if (value < 0) throw new codes.ERR_OUT_OF_RANGE!("options.maxBuffer", "a positive number", value);
}

export interface Slots {
  numbers: number[];
  /** The place of the IPC channel, -1 without one. */
  ipc: number;
}

/** `options.stdio` as numbers for the natives. */
export function toSlots(stdio: any, sync: boolean): Slots {
  if (stdio === undefined || stdio === null) stdio = ["pipe", "pipe", "pipe"];
  else if (typeof stdio === "string") {
    if (!["ignore", "pipe", "overlapped", "inherit"].includes(stdio)) throw new codes.ERR_INVALID_ARG_VALUE!("stdio", stdio);
    stdio = stdio === "inherit" ? [0, 1, 2] : [stdio, stdio, stdio];
  } else if (!Array.isArray(stdio)) throw new codes.ERR_INVALID_ARG_VALUE!("stdio", stdio);
  const list = stdio.slice();
  while (list.length < 3) list.push(undefined);
  let ipc = -1;
  const numbers = list.map((item: any, index: number): number => {
    if (item === undefined || item === null) return index < 3 ? PIPE : IGNORE;
    if (item === "pipe" || item === "overlapped") return PIPE;
    if (item === "ignore") return IGNORE;
    if (item === "inherit") return index;
    if (item === "ipc") {
      if (sync) throw new codes.ERR_IPC_SYNC_FORK!();
      if (ipc >= 0) throw new codes.ERR_IPC_ONE_PIPE!();
      ipc = index;
      return PIPE;
    }
    if (typeof item === "number" && Number.isInteger(item) && item >= 0) return item;
    if (typeof item?.fd === "number" && item.fd >= 0) return item.fd;
    throw new codes.ERR_INVALID_ARG_VALUE!("stdio", item);
  });
  return { numbers, ipc };
}

/** The error of a child that could not be started, in Node's words. */
export function spawnError(error: any, call: string, file: string, args: string[]): Error {
  return Object.assign(new Error(`${call} ${file} ${error.code}`), { errno: error.errno, code: error.code, syscall: `${call} ${file}`, path: file, spawnargs: args });
}
