// The file functions, each written once: the first argument says whether it runs now or answers a
// promise. Arguments are checked at once in both cases; `sync`, `callbacks` and `promises` are the
// public forms.

import * as native from "crust:ops/fs";
import { codes } from "crust:node/internal/errors";
import { parseFileMode, validateBoolean, validateInteger, validateObject } from "crust:node/internal/validators";
import { makeEntries, makeStatFs, makeStats } from "crust:fs/stats";
import { bufferClass, encodePath, then, toBuffer, toData, toDescriptor, toFlags, toMode, toOptions, toPath, toPlace, toSeconds } from "crust:fs/support";

type Operation = (isAsync: boolean, ...args: any[]) => any;

const BYTES = 0;
const TEXT = 1;
const LATIN1 = 3;

function readFile(isAsync: boolean, path: unknown, options?: unknown): any {
  const { encoding, flag } = toOptions(options, { flag: "r" });
  const place = toPlace(path);
  const flags = toFlags(flag, "r");
  if (encoding === undefined || encoding === null || encoding === "buffer") {
    return then(isAsync, native.readWhole(isAsync, place, BYTES, 0, -1, flags), toBuffer);
  }
  if (encoding === "utf8" || encoding === "utf-8") return native.readWhole(isAsync, place, TEXT, 0, -1, flags);
  if (encoding === "latin1" || encoding === "binary") return native.readWhole(isAsync, place, LATIN1, 0, -1, flags);
  return then(isAsync, native.readWhole(isAsync, place, BYTES, 0, -1, flags), (bytes) => toBuffer(bytes).toString(encoding));
}

function writeWhole(isAsync: boolean, path: unknown, data: unknown, options: unknown, flag: string): any {
  const settings = toOptions(options, { encoding: "utf8", mode: 0o666, flag, flush: false });
  if (settings.flush !== undefined && settings.flush !== null) validateBoolean(settings.flush, "options.flush");
  const place = toPlace(path);
  const content = toData(data, settings.encoding);
  const flags = toFlags(settings.flag, flag);
  const write = typeof content === "string" ? native.writeWholeText : native.writeWhole;
  return then(isAsync, write(isAsync, place, content, flags, toMode(settings.mode, 0o666), false, settings.flush === true), () => undefined);
}

function listed(isAsync: boolean, path: unknown, options: any): any {
  const settings = toOptions(options, {});
  if (settings.recursive !== undefined && settings.recursive !== null) validateBoolean(settings.recursive, "options.recursive");
  const root = toPath(path);
  return then(isAsync, native.readdir(isAsync, root, Boolean(settings.recursive), "scandir"),
    (list) => makeEntries(list, root, Boolean(settings.withFileTypes), settings.encoding));
}

function statOf(isAsync: boolean, path: unknown, options: any, follow: boolean): any {
  const throws = options?.throwIfNoEntry !== false;
  return then(isAsync, native.stat(isAsync, toPath(path), follow, throws), (figures) => makeStats(figures, options?.bigint === true));
}

function ownerId(value: unknown, name: string): number {
  validateInteger(value, name, -1, 4294967295);
  return value;
}

/** `buffer, offset, length, position` in Node's three ways of giving them. */
export function readArguments(buffer: any, offset: any, length: any, position: any): { target: Uint8Array; position: number | null; buffer: any } {
  if (!ArrayBuffer.isView(buffer)) {
    if (buffer !== undefined && buffer !== null && typeof buffer === "object" && !ArrayBuffer.isView(buffer)) {
      const options = buffer;
      return readArguments(options.buffer ?? bufferClass().alloc(16384), options.offset, options.length, options.position);
    }
    if (buffer === undefined || buffer === null) return readArguments(bufferClass().alloc(16384), offset, length, position);
    throw new codes.ERR_INVALID_ARG_TYPE!("buffer", ["Buffer", "TypedArray", "DataView"], buffer);
  }
  if (offset !== null && typeof offset === "object") return readArguments(buffer, offset.offset, offset.length, offset.position);
  const size = buffer.byteLength;
  if (offset === undefined || offset === null) offset = 0;
  else validateInteger(offset, "offset", 0);
  if (length === undefined || length === null) length = size - offset;
  else length |= 0;
  if (length !== 0 && size === 0) throw new codes.ERR_INVALID_ARG_VALUE!("buffer", buffer, "is empty and cannot be written");
  if (offset > size) throw new codes.ERR_OUT_OF_RANGE!("offset", `>= 0 && <= ${size}`, offset);
  if (length < 0) throw new codes.ERR_OUT_OF_RANGE!("length", ">= 0", length);
  if (offset + length > size) throw new codes.ERR_OUT_OF_RANGE!("length", `<= ${size - offset}`, length);
  return { target: new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length), position: toPosition(position), buffer };
}

export function toPosition(position: any): number | null {
  if (position === undefined || position === null || position === -1 || position === -1n) return null;
  if (typeof position === "bigint") position = Number(position);
  validateInteger(position, "position", -1);
  return position;
}

function readInto(isAsync: boolean, fd: number, target: Uint8Array, position: number | null): any {
  if (target.length === 0) return isAsync ? Promise.resolve(0) : 0;
  if (!isAsync) return native.readInto(fd, target, position);
  return native.read(true, fd, target.length, position).then((bytes: Uint8Array) => {
    target.set(bytes);
    return bytes.length;
  });
}

function read(isAsync: boolean, fd: unknown, buffer?: any, offset?: any, length?: any, position?: any): any {
  const descriptor = toDescriptor(fd);
  const { target, position: at } = readArguments(buffer, offset, length, position);
  return readInto(isAsync, descriptor, target, at);
}

function write(isAsync: boolean, fd: unknown, data: any, offset?: any, length?: any, position?: any): any {
  const descriptor = toDescriptor(fd);
  if (typeof data === "string") {
    // write(fd, string, position, encoding)
    const content = toData(data, length === undefined || length === null ? "utf8" : length);
    const at = toPosition(offset);
    return typeof content === "string" ? native.writeText(isAsync, descriptor, content, at) : native.write(isAsync, descriptor, content, at);
  }
  if (!ArrayBuffer.isView(data)) throw new codes.ERR_INVALID_ARG_TYPE!("buffer", ["string", "Buffer", "TypedArray", "DataView"], data);
  if (offset !== null && typeof offset === "object") ({ offset, length, position } = offset);
  if (offset === undefined || offset === null) offset = 0;
  else validateInteger(offset, "offset", 0);
  if (typeof length !== "number") length = data.byteLength - offset;
  if (offset > data.byteLength) throw new codes.ERR_OUT_OF_RANGE!("offset", `<= ${data.byteLength}`, offset);
  if (length > data.byteLength - offset) throw new codes.ERR_OUT_OF_RANGE!("length", `<= ${data.byteLength - offset}`, length);
  if (length < 0) throw new codes.ERR_OUT_OF_RANGE!("length", ">= 0", length);
  return native.write(isAsync, descriptor, new Uint8Array(data.buffer, data.byteOffset + offset, length), toPosition(position));
}

function requireViews(buffers: any): ArrayBufferView[] {
  if (!Array.isArray(buffers) || !buffers.every((buffer) => ArrayBuffer.isView(buffer))) throw new codes.ERR_INVALID_ARG_TYPE!("buffers", "ArrayBufferView[]", buffers);
  return buffers;
}

function readv(isAsync: boolean, fd: unknown, buffers: any, position?: any): any {
  const descriptor = toDescriptor(fd);
  const views = requireViews(buffers);
  const all = new Uint8Array(views.reduce((sum, view) => sum + view.byteLength, 0));
  return then(isAsync, readInto(isAsync, descriptor, all, toPosition(position)), (count: number) => {
    let from = 0;
    for (const view of views) {
      const part = all.subarray(from, Math.min(count, from + view.byteLength));
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(part);
      from += view.byteLength;
      if (from >= count) break;
    }
    return count;
  });
}

function writev(isAsync: boolean, fd: unknown, buffers: any, position?: any): any {
  const descriptor = toDescriptor(fd);
  const views = requireViews(buffers);
  const all = new Uint8Array(views.reduce((sum, view) => sum + view.byteLength, 0));
  let at = 0;
  for (const view of views) {
    all.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), at);
    at += view.byteLength;
  }
  return native.write(isAsync, descriptor, all, toPosition(position));
}

function mkdir(isAsync: boolean, path: unknown, options?: any): any {
  let mode: unknown = 0o777;
  let recursive = false;
  if (typeof options === "number" || typeof options === "string") mode = options;
  else if (options !== undefined && options !== null) {
    if (options.recursive !== undefined) {
      validateBoolean(options.recursive, "options.recursive");
      recursive = options.recursive;
    }
    mode = options.mode ?? 0o777;
  }
  const directory = toPath(path);
  const bits = toMode(mode, 0o777);
  if (!recursive) return native.mkdir(isAsync, directory, bits);
  return native.mkdirAll(isAsync, require("crust:node/path").resolve(directory), bits);
}

function directoryError(path: string): Error {
  const error: any = new Error(`Path is a directory: rm returned EISDIR (is a directory) ${path}`);
  error.name = "SystemError";
  return Object.assign(error, {
    code: "ERR_FS_EISDIR", info: { code: "EISDIR", message: "is a directory", path, syscall: "rm", errno: 21 }, errno: 21, syscall: "rm", path,
  });
}

function rm(isAsync: boolean, path: unknown, options?: any): any {
  if (options !== undefined) validateObject(options, "options");
  for (const name of ["force", "recursive"]) if (options?.[name] !== undefined) validateBoolean(options[name], `options.${name}`);
  const target = toPath(path);
  const remove = (figures: number[] | undefined): any => {
    if (figures === undefined) return undefined;
    if ((figures[1]! & 0o170000) === 0o40000 && !options?.recursive) throw directoryError(target);
    return native.removeAll(isAsync, target);
  };
  return then(isAsync, native.stat(isAsync, target, false, !options?.force), remove);
}

function cp(isAsync: boolean, source: unknown, destination: unknown, options?: any): any {
  return require("crust:fs/cp").copyTree(isAsync, toPath(source, "src"), toPath(destination, "dest"), options);
}

function realpath(isAsync: boolean, path: unknown, options: unknown, syscall: string): any {
  const { encoding } = toOptions(options, {});
  return then(isAsync, native.realpath(isAsync, toPath(path), syscall), (found) => encodePath(found, encoding));
}

/** Every file function that has a sync, a callback and a promise form. */
export const operations: Record<string, Operation> = {
  readFile,
  writeFile: (isAsync, path, data, options) => writeWhole(isAsync, path, data, options, "w"),
  appendFile: (isAsync, path, data, options) => writeWhole(isAsync, path, data, options, "a"),
  open: (isAsync, path, flags, mode) => native.open(isAsync, toPath(path), toFlags(flags, "r"), toMode(mode, 0o666)),
  close: (isAsync, fd) => native.close(isAsync, toDescriptor(fd)),
  read,
  write,
  readv,
  writev,
  stat: (isAsync, path, options) => statOf(isAsync, path, options, true),
  lstat: (isAsync, path, options) => statOf(isAsync, path, options, false),
  fstat: (isAsync, fd, options) => then(isAsync, native.fstat(isAsync, toDescriptor(fd)), (figures) => makeStats(figures, options?.bigint === true)),
  statfs: (isAsync, path, options) => then(isAsync, native.statfs(isAsync, toPath(path)), (figures) => makeStatFs(figures, options?.bigint === true)),
  readdir: listed,
  mkdir,
  mkdtemp(isAsync, prefix, options) {
    const { encoding } = toOptions(options, {});
    return then(isAsync, native.mkdtemp(isAsync, toPath(prefix, "prefix")), (path) => encodePath(path, encoding));
  },
  rm,
  rmdir(isAsync, path, options) {
    if (options?.recursive !== undefined) throw new codes.ERR_INVALID_ARG_VALUE!("options.recursive", options.recursive, "is no longer supported");
    return native.rmdir(isAsync, toPath(path));
  },
  unlink: (isAsync, path) => native.unlink(isAsync, toPath(path)),
  rename: (isAsync, from, to) => native.rename(isAsync, toPath(from, "oldPath"), toPath(to, "newPath")),
  copyFile(isAsync, source, destination, mode = 0) {
    const from = toPath(source, "src");
    const to = toPath(destination, "dest");
    if (mode === null) mode = 0;
    validateInteger(mode, "mode", 0, 7);
    return native.copyFile(isAsync, from, to, mode);
  },
  cp,
  access(isAsync, path, mode = 0) {
    validateInteger(mode, "mode", 0, 7);
    return native.access(isAsync, toPath(path), mode);
  },
  realpath: (isAsync, path, options) => realpath(isAsync, path, options, "lstat"),
  realpathNative: (isAsync, path, options) => realpath(isAsync, path, options, "realpath"),
  readlink(isAsync, path, options) {
    const { encoding } = toOptions(options, {});
    return then(isAsync, native.readlink(isAsync, toPath(path)), (target) => encodePath(target, encoding));
  },
  symlink(isAsync, target, path, type) {
    if (typeof type === "string" && !["dir", "file", "junction"].includes(type)) throw new codes.ERR_INVALID_ARG_VALUE!("type", type, "must be one of: 'dir', 'file', 'junction', null, undefined");
    return native.symlink(isAsync, toPath(target, "target"), toPath(path));
  },
  link: (isAsync, existing, path) => native.link(isAsync, toPath(existing, "existingPath"), toPath(path, "newPath")),
  chmod: (isAsync, path, mode) => native.chmod(isAsync, toPath(path), parseFileMode(mode, "mode")),
  fchmod: (isAsync, fd, mode) => native.fchmod(isAsync, toDescriptor(fd), parseFileMode(mode, "mode")),
  chown: (isAsync, path, uid, gid) => native.chown(isAsync, toPath(path), ownerId(uid, "uid"), ownerId(gid, "gid"), true),
  lchown: (isAsync, path, uid, gid) => native.chown(isAsync, toPath(path), ownerId(uid, "uid"), ownerId(gid, "gid"), false),
  fchown: (isAsync, fd, uid, gid) => native.fchown(isAsync, toDescriptor(fd), ownerId(uid, "uid"), ownerId(gid, "gid")),
  utimes: (isAsync, path, atime, mtime) => native.utimes(isAsync, toPath(path), toSeconds(atime, "atime"), toSeconds(mtime, "mtime"), true),
  lutimes: (isAsync, path, atime, mtime) => native.utimes(isAsync, toPath(path), toSeconds(atime, "atime"), toSeconds(mtime, "mtime"), false),
  futimes: (isAsync, fd, atime, mtime) => native.futimes(isAsync, toDescriptor(fd), toSeconds(atime, "atime"), toSeconds(mtime, "mtime")),
  truncate(isAsync, path, length = 0) {
    if (typeof path === "number") return native.ftruncate(isAsync, toDescriptor(path), Math.max(0, length ?? 0));
    validateInteger(length ?? 0, "len");
    return native.truncate(isAsync, toPath(path), Math.max(0, length ?? 0));
  },
  ftruncate(isAsync, fd, length = 0) {
    validateInteger(length ?? 0, "len");
    return native.ftruncate(isAsync, toDescriptor(fd), Math.max(0, length ?? 0));
  },
  fsync: (isAsync, fd) => native.fsync(isAsync, toDescriptor(fd)),
  fdatasync: (isAsync, fd) => native.fdatasync(isAsync, toDescriptor(fd)),
};

