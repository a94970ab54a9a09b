// `node:fs/promises`: the promise forms, and `open` with its FileHandle.

import * as native from "crust:ops/fs";
import { constants } from "crust:fs/constants";
import { operations } from "crust:fs/operations";
import { toFlags, toMode, toPath } from "crust:fs/support";

function promiseForm(name: string): (...args: any[]) => Promise<any> {
  const operation = operations[name]!;
  const form = async (...args: any[]): Promise<any> => operation(true, ...args);
  Object.defineProperty(form, "name", { value: name });
  return form;
}

export const access = promiseForm("access");
export const appendFile = promiseForm("appendFile");
export const chmod = promiseForm("chmod");
export const chown = promiseForm("chown");
export const copyFile = promiseForm("copyFile");
export const cp = promiseForm("cp");
export const lchown = promiseForm("lchown");
export const link = promiseForm("link");
export const lstat = promiseForm("lstat");
export const lutimes = promiseForm("lutimes");
export const mkdir = promiseForm("mkdir");
export const mkdtemp = promiseForm("mkdtemp");
export const readdir = promiseForm("readdir");
export const readlink = promiseForm("readlink");
export const realpath = promiseForm("realpath");
export const rename = promiseForm("rename");
export const rm = promiseForm("rm");
export const rmdir = promiseForm("rmdir");
export const stat = promiseForm("stat");
export const statfs = promiseForm("statfs");
export const symlink = promiseForm("symlink");
export const truncate = promiseForm("truncate");
export const unlink = promiseForm("unlink");
export const utimes = promiseForm("utimes");
export const readFile = promiseForm("readFile");

// Data may also come in pieces.
export async function writeFile(path: unknown, data: any, options?: any): Promise<void> {
  if (typeof data === "object" && data !== null && !ArrayBuffer.isView(data) && (Symbol.asyncIterator in data || Symbol.iterator in data)) {
    return require("crust:fs/file_handle").writePieces(path, data, options, open);
  }
  return operations.writeFile!(true, path, data, options);
}

export async function open(path: unknown, flags?: unknown, mode?: unknown): Promise<any> {
  const fd = await native.open(true, toPath(path), toFlags(flags, "r"), toMode(mode, 0o666));
  return require("crust:fs/file_handle").makeHandle(fd);
}
export async function exists(path: unknown): Promise<boolean> {
  return native.exists(true, toPath(path));
}
export async function opendir(path: unknown, options?: unknown): Promise<any> {
  return require("crust:fs/dir").openDirectory(true, path, options);
}
export function watch(path: unknown, options?: unknown): AsyncIterable<unknown> {
  return require("crust:fs/watch").watchIterator(path, options);
}
export async function* glob(pattern: unknown, options?: unknown): AsyncIterable<string> {
  yield* require("crust:fs/glob").globSync(pattern, options);
}
export async function lchmod(): Promise<never> {
  const { codes } = require("crust:node/internal/errors");
  throw new codes.ERR_METHOD_NOT_IMPLEMENTED("lchmod()");
}
export { constants };
export default {
  access, appendFile, chmod, chown, constants, copyFile, cp, glob, lchmod, lchown, link, lstat, lutimes, mkdir, mkdtemp, open, opendir, readFile, readdir,
  readlink, realpath, rename, rm, rmdir, stat, statfs, symlink, truncate, unlink, utimes, watch, writeFile, exists,
};
