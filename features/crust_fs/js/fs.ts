// `node:fs`: every function in its sync and callback forms, and the classes. Streams, watchers, globs
// and promises are loaded when they are first used.

import * as native from "crust:ops/fs";
import { callbackForm, read, readv, settle, write, writev } from "crust:fs/callbacks";
import { constants } from "crust:fs/constants";
import { operations } from "crust:fs/operations";
import { Dirent, Stats } from "crust:fs/stats";
import { toPath, toSeconds } from "crust:fs/support";
import { kCustomPromisify } from "crust:node/internal/promisify";
import { validateFunction } from "crust:node/internal/validators";

function syncForm(name: string): (...args: any[]) => any {
  const operation = operations[name]!;
  const form = (a?: any, b?: any, c?: any, d?: any, e?: any): any => operation(false, a, b, c, d, e);
  Object.defineProperty(form, "name", { value: `${name}Sync` });
  return form;
}

export const readFileSync = syncForm("readFile");
export const writeFileSync = syncForm("writeFile");
export const appendFileSync = syncForm("appendFile");
export const openSync = syncForm("open");
export const closeSync = syncForm("close");
export const readSync = syncForm("read");
export const writeSync = syncForm("write");
export const readvSync = syncForm("readv");
export const writevSync = syncForm("writev");
export const statSync = syncForm("stat");
export const lstatSync = syncForm("lstat");
export const fstatSync = syncForm("fstat");
export const statfsSync = syncForm("statfs");
export const readdirSync = syncForm("readdir");
export const mkdirSync = syncForm("mkdir");
export const mkdtempSync = syncForm("mkdtemp");
export const rmSync = syncForm("rm");
export const rmdirSync = syncForm("rmdir");
export const unlinkSync = syncForm("unlink");
export const renameSync = syncForm("rename");
export const copyFileSync = syncForm("copyFile");
export const cpSync = syncForm("cp");
export const accessSync = syncForm("access");
export const readlinkSync = syncForm("readlink");
export const symlinkSync = syncForm("symlink");
export const linkSync = syncForm("link");
export const chmodSync = syncForm("chmod");
export const fchmodSync = syncForm("fchmod");
export const chownSync = syncForm("chown");
export const lchownSync = syncForm("lchown");
export const fchownSync = syncForm("fchown");
export const utimesSync = syncForm("utimes");
export const lutimesSync = syncForm("lutimes");
export const futimesSync = syncForm("futimes");
export const truncateSync = syncForm("truncate");
export const ftruncateSync = syncForm("ftruncate");
export const fsyncSync = syncForm("fsync");
export const fdatasyncSync = syncForm("fdatasync");
export const realpathSync: any = Object.assign(syncForm("realpath"), { native: syncForm("realpathNative") });

export function existsSync(path: unknown): boolean {
  let name: string;
  try {
    name = toPath(path);
  } catch {
    return false;
  }
  return native.exists(false, name);
}

export const readFile = callbackForm("readFile");
export const writeFile = callbackForm("writeFile");
export const appendFile = callbackForm("appendFile");
export const open = callbackForm("open");
export const close = callbackForm("close");
export const stat = callbackForm("stat");
export const lstat = callbackForm("lstat");
export const fstat = callbackForm("fstat");
export const statfs = callbackForm("statfs");
export const readdir = callbackForm("readdir");
export const mkdir = callbackForm("mkdir");
export const mkdtemp = callbackForm("mkdtemp");
export const rm = callbackForm("rm");
export const rmdir = callbackForm("rmdir");
export const unlink = callbackForm("unlink");
export const rename = callbackForm("rename");
export const copyFile = callbackForm("copyFile");
export const cp = callbackForm("cp");
export const access = callbackForm("access");
export const readlink = callbackForm("readlink");
export const symlink = callbackForm("symlink");
export const link = callbackForm("link");
export const chmod = callbackForm("chmod");
export const fchmod = callbackForm("fchmod");
export const chown = callbackForm("chown");
export const lchown = callbackForm("lchown");
export const fchown = callbackForm("fchown");
export const utimes = callbackForm("utimes");
export const lutimes = callbackForm("lutimes");
export const futimes = callbackForm("futimes");
export const truncate = callbackForm("truncate");
export const ftruncate = callbackForm("ftruncate");
export const fsync = callbackForm("fsync");
export const fdatasync = callbackForm("fdatasync");
export const realpath: any = Object.assign(callbackForm("realpath"), { native: callbackForm("realpathNative") });

export function exists(path: unknown, callback: (found: boolean) => void): void {
  validateFunction(callback, "cb");
  let name: string;
  try {
    name = toPath(path);
  } catch {
    process.nextTick(callback as never, false as never);
    return;
  }
  native.exists(true, name).then((found: boolean) => process.nextTick(callback as never, found as never));
}

// Their promises are objects, not the first result.
Object.defineProperty(exists, kCustomPromisify, { value: (path: unknown) => new Promise((resolve) => exists(path, resolve)) });
for (const [form, names] of [[read, ["bytesRead", "buffer"]], [write, ["bytesWritten", "buffer"]], [readv, ["bytesRead", "buffers"]], [writev, ["bytesWritten", "buffers"]]] as [any, [string, string]][]) {
  Object.defineProperty(form, kCustomPromisify, {
    value: (...args: unknown[]) => new Promise((resolve, reject) => form(...args, (error: unknown, count: number, buffer: unknown) => {
      if (error) reject(error);
      else resolve({ [names[0]]: count, [names[1]]: buffer });
    })),
  });
}

export function createReadStream(path: unknown, options?: unknown): any {
  return new (require("crust:fs/streams").ReadStream)(path, options);
}
export function createWriteStream(path: unknown, options?: unknown): any {
  return new (require("crust:fs/streams").WriteStream)(path, options);
}
export function opendirSync(path: unknown, options?: any): any {
  return require("crust:fs/dir").openDirectory(false, path, options);
}
export function opendir(path: unknown, options: any, callback?: any): void {
  if (typeof options === "function") {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, "callback");
  settle(require("crust:fs/dir").openDirectory(true, path, options), callback);
}
export function watch(...args: unknown[]): any {
  return require("crust:fs/watch").watch(...args);
}
export function watchFile(...args: unknown[]): any {
  return require("crust:fs/watch").watchFile(...args);
}
export function unwatchFile(...args: unknown[]): void {
  require("crust:fs/watch").unwatchFile(...args);
}
export function globSync(pattern: unknown, options?: unknown): string[] {
  return require("crust:fs/glob").globSync(pattern, options);
}
export function glob(pattern: unknown, options: any, callback?: any): void {
  if (typeof options === "function") {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, "callback");
  settle(Promise.resolve().then(() => globSync(pattern, options)), callback);
}
export async function openAsBlob(path: unknown, options?: { type?: string }): Promise<any> {
  const name = toPath(path);
  statSync(name);
  return require("crust:fs/bun_file").file(name, options);
}
export const _toUnixTimestamp = (time: unknown): number => toSeconds(time, "time");

/** `fs.promises`, loaded at the first use of one of its functions. */
export const promises: any = {};
const promiseNames = [
  "access", "appendFile", "chmod", "chown", "constants", "copyFile", "cp", "glob", "lchmod", "lchown", "link", "lstat", "lutimes", "mkdir", "mkdtemp",
  "open", "opendir", "readFile", "readdir", "readlink", "realpath", "rename", "rm", "rmdir", "stat", "statfs", "symlink", "truncate", "unlink", "utimes",
  "watch", "writeFile", "exists",
];
for (const name of promiseNames) {
  Object.defineProperty(promises, name, {
    get() {
      const value = require("crust:fs/promises")[name];
      Object.defineProperty(promises, name, { value, writable: true, enumerable: name !== "exists", configurable: true });
      return value;
    },
    set(value) {
      Object.defineProperty(promises, name, { value, writable: true, enumerable: true, configurable: true });
    },
    enumerable: name !== "exists",
    configurable: true,
  });
}

export const { F_OK, R_OK, W_OK, X_OK } = constants;
export { constants, Dirent, read, readv, Stats, write, writev };

const fs: any = {
  appendFile, appendFileSync, access, accessSync, chown, chownSync, chmod, chmodSync, close, closeSync, copyFile, copyFileSync, cp, cpSync,
  createReadStream, createWriteStream, exists, existsSync, fchown, fchownSync, fchmod, fchmodSync, fdatasync, fdatasyncSync, fstat, fstatSync, fsync,
  fsyncSync, ftruncate, ftruncateSync, futimes, futimesSync, glob, globSync, lchown, lchownSync, link, linkSync, lstat, lstatSync, lutimes, lutimesSync,
  mkdir, mkdirSync, mkdtemp, mkdtempSync, open, openSync, openAsBlob, readdir, readdirSync, read, readSync, readv, readvSync, readFile, readFileSync,
  readlink, readlinkSync, realpath, realpathSync, rename, renameSync, rm, rmSync, rmdir, rmdirSync, stat, statfs, statSync, statfsSync, symlink,
  symlinkSync, truncate, truncateSync, unwatchFile, unlink, unlinkSync, utimes, utimesSync, watch, watchFile, writeFile, writeFileSync, write, writeSync,
  writev, writevSync, Dirent, Stats, _toUnixTimestamp, opendir, opendirSync, constants, F_OK, R_OK, W_OK, X_OK,
};
for (const name of ["ReadStream", "WriteStream", "Dir"]) {
  const module = name === "Dir" ? "crust:fs/dir" : "crust:fs/streams";
  Object.defineProperty(fs, name, {
    get: () => require(module)[name],
    set: (value) => Object.defineProperty(fs, name, { value, writable: true, enumerable: true, configurable: true }),
    enumerable: true,
    configurable: true,
  });
}
Object.defineProperty(fs, "promises", { get: () => promises, enumerable: true, configurable: true });

/** Named exports that load their module when they are first read. */
export const lazyExports = {
  get ReadStream() { return fs.ReadStream; },
  get WriteStream() { return fs.WriteStream; },
  get FileReadStream() { return fs.ReadStream; },
  get FileWriteStream() { return fs.WriteStream; },
  get Dir() { return fs.Dir; },
};

export default fs;
