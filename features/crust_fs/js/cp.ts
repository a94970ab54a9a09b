// `fs.cp`: copies a file, a link or a tree with Node's options. The promise form differs from the sync
// one only in that its filter may be asynchronous.

import * as native from "crust:ops/fs";
import { codes } from "crust:node/internal/errors";
import { validateBoolean, validateFunction, validateInteger, validateObject } from "crust:node/internal/validators";
import { makeStats } from "crust:fs/stats";

interface CopyOptions {
  dereference: boolean;
  errorOnExist: boolean;
  filter?: (source: string, destination: string) => boolean | Promise<boolean>;
  force: boolean;
  mode: number;
  preserveTimestamps: boolean;
  recursive: boolean;
  verbatimSymlinks: boolean;
}

function checked(options: any): CopyOptions {
  if (options === undefined || options === null) options = {};
  validateObject(options, "options");
  const settings = { dereference: false, errorOnExist: false, force: true, mode: 0, preserveTimestamps: false, recursive: false, verbatimSymlinks: false, ...options };
  for (const name of ["dereference", "errorOnExist", "force", "preserveTimestamps", "recursive", "verbatimSymlinks"]) validateBoolean(settings[name], `options.${name}`);
  validateInteger(settings.mode, "options.mode", 0, 7);
  if (settings.filter !== undefined) validateFunction(settings.filter, "options.filter");
  return settings;
}

function refused(code: string, errno: number, name: string, text: string, message: string, path: string): Error {
  const error: any = new Error(`${text}: cp returned ${name} (${message}) ${path}`);
  error.name = "SystemError";
  return Object.assign(error, { code, info: { message, path, syscall: "cp", errno, code: name }, errno, syscall: "cp", path });
}

function statOf(path: string, follow: boolean): any {
  return makeStats(native.stat(false, path, follow, false), false);
}

// The steps of one copy; a filter may suspend it.
function* copy(source: string, destination: string, options: CopyOptions): Generator<unknown, void, any> {
  const path = require("crust:node/path");
  const from = makeStats(native.stat(false, source, options.dereference, true), false);
  const to = statOf(destination, options.dereference);
  if (to !== undefined) {
    if (from.ino === to.ino && from.dev === to.dev) throw refused("ERR_FS_CP_EINVAL", 22, "EINVAL", "Invalid src or dest", "src and dest cannot be the same", destination);
    if (from.isDirectory() && !to.isDirectory()) throw refused("ERR_FS_CP_DIR_TO_NON_DIR", 21, "EISDIR", "Cannot overwrite non-directory with directory", `cannot overwrite non-directory ${destination} with directory ${source}`, destination);
    if (!from.isDirectory() && to.isDirectory()) throw refused("ERR_FS_CP_NON_DIR_TO_DIR", 20, "ENOTDIR", "Cannot overwrite directory with non-directory", `cannot overwrite directory ${destination} with non-directory ${source}`, destination);
  }
  if (from.isDirectory() && `${path.resolve(destination)}/`.startsWith(`${path.resolve(source)}/`)) {
    throw refused("ERR_FS_CP_EINVAL", 22, "EINVAL", "Invalid src or dest", `cannot copy ${source} to a subdirectory of self ${destination}`, destination);
  }
  if (options.filter !== undefined && !(yield options.filter(source, destination))) return;
  native.mkdirAll(false, path.dirname(path.resolve(destination)), 0o777);
  yield* copyEntry(source, destination, from, to, options);
}

function* copyEntry(source: string, destination: string, from: any, to: any, options: CopyOptions): Generator<unknown, void, any> {
  if (from.isDirectory()) {
    if (!options.recursive) throw refused("ERR_FS_EISDIR", 21, "EISDIR", "Recursive option not enabled, cannot copy a directory", `${source} is a directory (not copied)`, source);
    if (to === undefined) native.mkdir(false, destination, from.mode & 0o7777);
    const list: any[] = native.readdir(false, source, false, "opendir");
    for (let index = 0; index < list.length; index += 2) {
      const below = `${source}/${list[index]}`;
      const target = `${destination}/${list[index]}`;
      if (options.filter !== undefined && !(yield options.filter(below, target))) continue;
      yield* copyEntry(below, target, statOf(below, options.dereference), statOf(target, options.dereference), options);
    }
  } else if (from.isFile() || from.isCharacterDevice() || from.isBlockDevice()) copyFile(source, destination, from, to, options);
  else if (from.isSymbolicLink()) copyLink(source, destination, to, options);
  else if (from.isSocket()) throw refused("ERR_FS_CP_SOCKET", 22, "EINVAL", "Cannot copy a socket file", `cannot copy a socket file: ${destination}`, destination);
  else if (from.isFIFO()) throw refused("ERR_FS_CP_FIFO_PIPE", 22, "EINVAL", "Cannot copy a FIFO pipe", `cannot copy a FIFO pipe: ${destination}`, destination);
  else throw refused("ERR_FS_CP_UNKNOWN", 22, "EINVAL", "Cannot copy an unknown file type", `cannot copy an unknown file type: ${destination}`, destination);
}

function copyFile(source: string, destination: string, from: any, to: any, options: CopyOptions): void {
  if (to !== undefined) {
    if (!options.force) {
      if (options.errorOnExist) throw refused("ERR_FS_CP_EEXIST", 17, "EEXIST", "Target already exists", `${destination} already exists`, destination);
      return;
    }
    native.unlink(false, destination);
  }
  native.copyFile(false, source, destination, options.mode);
  if (options.preserveTimestamps) native.utimes(false, destination, from.atimeMs / 1000, from.mtimeMs / 1000, true);
}

function copyLink(source: string, destination: string, to: any, options: CopyOptions): void {
  const path = require("crust:node/path");
  let target = native.readlink(false, source);
  if (!options.verbatimSymlinks && !path.isAbsolute(target)) target = path.resolve(path.dirname(source), target);
  if (to !== undefined) native.unlink(false, destination);
  native.symlink(false, target, destination);
}

export function copyTree(isAsync: boolean, source: string, destination: string, options: any): any {
  const settings = checked(options);
  if (isAsync) return copyAsync(source, destination, settings);
  const steps = copy(source, destination, settings);
  for (let step = steps.next(); !step.done; ) {
    const { value } = step;
    if (typeof (value as any)?.then === "function") throw new codes.ERR_INVALID_RETURN_VALUE!("boolean", "filter", value);
    step = steps.next(value);
  }
}

async function copyAsync(source: string, destination: string, options: CopyOptions): Promise<void> {
  const steps = copy(source, destination, options);
  for (let step = steps.next(); !step.done; ) step = steps.next(await step.value);
}
