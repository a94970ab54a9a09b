// `node:path`: the POSIX and Windows path algebras. Pure text: nothing here touches the disk.

import { validateObject, validateString } from "crust:node/internal/validators";

const SLASH = 47;
const BACKSLASH = 92;
const DOT = 46;
const COLON = 58;

type IsSeparator = (code: number) => boolean;

interface ParsedPath {
  root: string;
  dir: string;
  base: string;
  ext: string;
  name: string;
}

const isSlash: IsSeparator = (code) => code === SLASH;
const isAnySlash: IsSeparator = (code) => code === SLASH || code === BACKSLASH;

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** Resolves `.` and `..` segments; a leading `..` survives only when `keepAbove` (a relative path). */
function normalizeSegments(path: string, keepAbove: boolean, separator: string, isSeparator: IsSeparator): string {
  let out = "";
  let depth = 0; // segments in `out` that a `..` may remove
  let start = 0;
  const length = path.length;
  while (start < length) {
    while (start < length && isSeparator(path.charCodeAt(start))) start++;
    let end = start;
    while (end < length && !isSeparator(path.charCodeAt(end))) end++;
    const size = end - start;
    if (size === 0 || (size === 1 && path.charCodeAt(start) === DOT)) {
      start = end;
      continue;
    }
    if (size === 2 && path.charCodeAt(start) === DOT && path.charCodeAt(start + 1) === DOT) {
      if (depth > 0) {
        const cut = out.lastIndexOf(separator);
        out = cut === -1 ? "" : out.slice(0, cut);
        depth--;
      } else if (keepAbove) out = out ? `${out}${separator}..` : "..";
    } else {
      const segment = path.slice(start, end);
      out = out ? `${out}${separator}${segment}` : segment;
      depth++;
    }
    start = end;
  }
  return out;
}

/** The last segment, without trailing separators, from `from` on. */
function lastSegment(path: string, from: number, isSeparator: IsSeparator): string {
  let end = path.length;
  while (end > from && isSeparator(path.charCodeAt(end - 1))) end--;
  let start = end;
  while (start > from && !isSeparator(path.charCodeAt(start - 1))) start--;
  return path.slice(start, end);
}

/** Where the extension of one segment begins, or its length when there is none. */
function extensionStart(segment: string): number {
  const dot = segment.lastIndexOf(".");
  if (dot <= 0 || (dot === 1 && segment === "..")) return segment.length;
  return dot;
}

function stripSuffix(path: string, from: number, suffix: string, isSeparator: IsSeparator): string {
  // A path that is nothing but the suffix has no base left; a base equal to the suffix stays whole.
  if (suffix.length > 0 && suffix.length <= path.length && suffix === path) return "";
  const base = lastSegment(path, from, isSeparator);
  // Node answers a path of separators alone, whole, when there is a suffix to look for.
  if (base.length === 0 && suffix.length > 0 && suffix.length <= path.length) return path.slice(from);
  if (suffix.length === 0 || base.length <= suffix.length || !base.endsWith(suffix)) return base;
  return base.slice(0, base.length - suffix.length);
}

function formatPath(separator: string, parts: Partial<ParsedPath>): string {
  validateObject(parts, "pathObject");
  const dir = parts.dir || parts.root;
  const ext = parts.ext ? `${parts.ext[0] === "." ? "" : "."}${parts.ext}` : "";
  const base = parts.base || `${parts.name || ""}${ext}`;
  if (!dir) return base;
  return dir === parts.root ? `${dir}${base}` : `${dir}${separator}${base}`;
}

function joinParts(parts: readonly string[], separator: string): string {
  let joined = "";
  for (const part of parts) {
    validateString(part, "path");
    if (part.length > 0) joined = joined ? `${joined}${separator}${part}` : part;
  }
  return joined;
}

function matchesGlobOf(path: string, pattern: string, windows: boolean): boolean {
  validateString(path, "path");
  validateString(pattern, "pattern");
  return require("crust:node/internal/glob").matchesGlob(path, pattern, windows);
}

export const posix: any = {
  sep: "/",
  delimiter: ":",
  win32: null,
  posix: null,

  resolve(...parts: string[]): string {
    if (parts.length === 0 || (parts.length === 1 && (parts[0] === "" || parts[0] === "."))) {
      const cwd = process.cwd();
      if (cwd.charCodeAt(0) === SLASH) return cwd;
    }
    let joined = "";
    let absolute = false;
    for (let i = parts.length - 1; i >= 0 && !absolute; i--) {
      const part = parts[i]!;
      validateString(part, `paths[${i}]`);
      if (part.length === 0) continue;
      joined = joined ? `${part}/${joined}` : part;
      absolute = part.charCodeAt(0) === SLASH;
    }
    if (!absolute) {
      const cwd = process.cwd();
      joined = `${cwd}/${joined}`;
      absolute = cwd.charCodeAt(0) === SLASH;
    }
    const path = normalizeSegments(joined, !absolute, "/", isSlash);
    return absolute ? `/${path}` : path || ".";
  },

  normalize(path: string): string {
    validateString(path, "path");
    if (path.length === 0) return ".";
    const absolute = path.charCodeAt(0) === SLASH;
    const trailing = path.charCodeAt(path.length - 1) === SLASH;
    const body = normalizeSegments(path, !absolute, "/", isSlash);
    if (body.length === 0) return absolute ? "/" : trailing ? "./" : ".";
    return `${absolute ? "/" : ""}${body}${trailing ? "/" : ""}`;
  },

  isAbsolute(path: string): boolean {
    validateString(path, "path");
    return path.charCodeAt(0) === SLASH;
  },

  join(...parts: string[]): string {
    const joined = joinParts(parts, "/");
    return joined ? posix.normalize(joined) : ".";
  },

  relative(from: string, to: string): string {
    validateString(from, "from");
    validateString(to, "to");
    if (from === to) return "";
    const source = posix.resolve(from);
    const target = posix.resolve(to);
    if (source === target) return "";
    return relativeSegments(source.slice(1), target.slice(1), "/", source.slice(1), target.slice(1));
  },

  toNamespacedPath: (path: string): string => path,

  dirname(path: string): string {
    validateString(path, "path");
    if (path.length === 0) return ".";
    const end = parentEnd(path, 1, isSlash);
    if (end === -1) return path.charCodeAt(0) === SLASH ? "/" : ".";
    // Exactly two leading slashes are a root of their own in POSIX.
    if (end === 1 && path.charCodeAt(0) === SLASH) return "//";
    return path.slice(0, end);
  },

  basename(path: string, suffix?: string): string {
    if (suffix !== undefined) validateString(suffix, "suffix");
    validateString(path, "path");
    return stripSuffix(path, 0, suffix ?? "", isSlash);
  },

  extname(path: string): string {
    validateString(path, "path");
    const base = lastSegment(path, 0, isSlash);
    return base.slice(extensionStart(base));
  },

  format(parts: Partial<ParsedPath>): string {
    return formatPath("/", parts);
  },

  parse(path: string): ParsedPath {
    validateString(path, "path");
    const root = path.charCodeAt(0) === SLASH ? "/" : "";
    return parseAfterRoot(path, root, root.length, isSlash);
  },

  matchesGlob: (path: string, pattern: string): boolean => matchesGlobOf(path, pattern, false),
};

/** The index of the separator that ends the parent directory, or -1 when there is none. */
function parentEnd(path: string, from: number, isSeparator: IsSeparator): number {
  let seenName = false;
  for (let i = path.length - 1; i >= from; i--) {
    if (!isSeparator(path.charCodeAt(i))) seenName = true;
    else if (seenName) return i;
  }
  return -1;
}

function parseAfterRoot(path: string, root: string, rootEnd: number, isSeparator: IsSeparator): ParsedPath {
  let end = path.length;
  while (end > rootEnd && isSeparator(path.charCodeAt(end - 1))) end--;
  let start = end;
  while (start > rootEnd && !isSeparator(path.charCodeAt(start - 1))) start--;
  const base = path.slice(start, end);
  const at = extensionStart(base);
  // The directory ends before its last separator, but never loses the root.
  const dir = start > rootEnd ? path.slice(0, start - 1) : root;
  return { root, dir, base, ext: base.slice(at), name: base.slice(0, at) };
}

/** `..` for every segment of `source` after the common ones, then the rest of `target`. */
function relativeSegments(source: string, target: string, separator: string, sourceKey: string, targetKey: string): string {
  const from = sourceKey.length > 0 ? sourceKey.split(separator) : [];
  const to = targetKey.length > 0 ? targetKey.split(separator) : [];
  let common = 0;
  while (common < from.length && common < to.length && from[common] === to[common]) common++;
  const out: string[] = [];
  for (let i = common; i < from.length; i++) out.push("..");
  const rest = target.length > 0 ? target.split(separator).slice(common) : [];
  return out.concat(rest).join(separator);
}

interface WindowsRoot {
  /** `C:`, `\\server\share`, or empty. */
  device: string;
  absolute: boolean;
  /** Index of the first character after the root. */
  end: number;
  unc: boolean;
}

/** Reads the device and root of a Windows path. */
function readRoot(path: string): WindowsRoot {
  const length = path.length;
  const first = path.charCodeAt(0);
  if (isAnySlash(first)) {
    if (length > 1 && isAnySlash(path.charCodeAt(1))) {
      const unc = readUnc(path);
      if (unc) return unc;
    }
    return { device: "", absolute: true, end: length > 0 ? 1 : 0, unc: false };
  }
  if (length > 1 && isLetter(first) && path.charCodeAt(1) === COLON) {
    const absolute = length > 2 && isAnySlash(path.charCodeAt(2));
    return { device: path.slice(0, 2), absolute, end: absolute ? 3 : 2, unc: false };
  }
  return { device: "", absolute: false, end: 0, unc: false };
}

function readUnc(path: string): WindowsRoot | undefined {
  const length = path.length;
  let at = 2;
  while (at < length && !isAnySlash(path.charCodeAt(at))) at++;
  if (at === 2 || at === length) return undefined;
  const server = path.slice(2, at);
  let share = at;
  while (share < length && isAnySlash(path.charCodeAt(share))) share++;
  if (share === length) return undefined;
  let end = share;
  while (end < length && !isAnySlash(path.charCodeAt(end))) end++;
  if (server === "." || server === "?") return { device: `\\\\${server}`, absolute: true, end: 4, unc: false };
  return { device: `\\\\${server}\\${path.slice(share, end)}`, absolute: true, end, unc: true };
}

const reservedNames = new Set(["CON", "PRN", "AUX", "NUL", ..."123456789\u00b9\u00b2\u00b3".split("").flatMap((n) => [`COM${n}`, `LPT${n}`])]);

/** `CON:` and its kin read as a device of their own. */
function readReservedDevice(path: string): WindowsRoot | undefined {
  const colon = path.indexOf(":");
  if (colon < 3 || !reservedNames.has(path.slice(0, colon).toUpperCase())) return undefined;
  return { device: path.slice(0, colon + 1), absolute: false, end: colon + 1, unc: false };
}

function windowsTail(path: string, root: WindowsRoot): string {
  let tail = root.end < path.length ? normalizeSegments(path.slice(root.end), !root.absolute, "\\", isAnySlash) : "";
  if (tail.length === 0 && !root.absolute) tail = ".";
  if (tail.length > 0 && isAnySlash(path.charCodeAt(path.length - 1))) tail += "\\";
  return tail;
}

/** A relative tail that would read as a drive gets a `.\` so that it stays relative. */
function guardDriveLike(path: string, tail: string): string | undefined {
  if (!path.includes(":")) return undefined;
  if (tail.length >= 2 && isLetter(tail.charCodeAt(0)) && tail.charCodeAt(1) === COLON) return `.\\${tail}`;
  let colon = path.indexOf(":");
  do {
    if (colon === path.length - 1 || isAnySlash(path.charCodeAt(colon + 1))) return `.\\${tail}`;
    colon = path.indexOf(":", colon + 1);
  } while (colon !== -1);
  return undefined;
}

function windowsCwd(device: string): string {
  const cwd = device === "" ? process.cwd() : process.env[`=${device}`] || process.cwd();
  // A working directory on another drive says nothing about this one.
  if (device !== "" && cwd.slice(0, 2).toLowerCase() !== device.toLowerCase() && cwd.charCodeAt(2) === BACKSLASH) return `${device}\\`;
  return cwd;
}

export const win32: any = {
  sep: "\\",
  delimiter: ";",
  win32: null,
  posix: null,

  resolve(...parts: string[]): string {
    let device = "";
    let tail = "";
    let absolute = false;
    for (let i = parts.length - 1; i >= -1; i--) {
      let path: string;
      if (i >= 0) {
        path = parts[i]!;
        validateString(path, `paths[${i}]`);
        if (path.length === 0) continue;
      } else path = windowsCwd(device);
      const root = readRoot(path);
      if (root.device.length > 0) {
        if (device.length === 0) device = root.device;
        else if (root.device.toLowerCase() !== device.toLowerCase()) continue;
      }
      if (!absolute) {
        tail = `${path.slice(root.end)}\\${tail}`;
        absolute = root.absolute;
      }
      if (absolute && device.length > 0) break;
    }
    tail = normalizeSegments(tail, !absolute, "\\", isAnySlash);
    return absolute ? `${device}\\${tail}` : `${device}${tail}` || ".";
  },

  normalize(path: string): string {
    validateString(path, "path");
    if (path.length === 0) return ".";
    if (path.length === 1) return path === "/" ? "\\" : path;
    const reserved = readReservedDevice(path);
    if (reserved !== undefined) return `.\\${reserved.device}${windowsTail(path, reserved)}`;
    const root = readRoot(path);
    if (root.unc && root.end === path.length) return `${root.device}\\`;
    const tail = windowsTail(path, root);
    if (!root.absolute && root.device === "") {
      const guarded = guardDriveLike(path, tail);
      if (guarded !== undefined) return guarded;
    }
    return root.absolute ? `${root.device}\\${tail}` : `${root.device}${tail}`;
  },

  isAbsolute(path: string): boolean {
    validateString(path, "path");
    const first = path.charCodeAt(0);
    return isAnySlash(first) || (path.length > 2 && isLetter(first) && path.charCodeAt(1) === COLON && isAnySlash(path.charCodeAt(2)));
  },

  join(...parts: string[]): string {
    let joined = joinParts(parts, "\\");
    if (!joined) return ".";
    const first = parts.find((part) => part.length > 0)!;
    joined = guardUncByAccident(joined, first);
    // A reserved device name keeps its meaning only when its path is left alone.
    if (joined.includes(":") && joined.split("\\").some((segment) => readReservedDevice(segment) !== undefined)) return joined.replace(/\//g, "\\");
    return win32.normalize(joined);
  },

  relative(from: string, to: string): string {
    validateString(from, "from");
    validateString(to, "to");
    if (from === to) return "";
    const source = trimSlashes(win32.resolve(from));
    const target = trimSlashes(win32.resolve(to));
    const sourceKey = source.toLowerCase();
    const targetKey = target.toLowerCase();
    if (sourceKey === targetKey) return "";
    const sameRoot = sourceKey.length === 0 || targetKey.length === 0;
    if (!sameRoot && sourceKey.split("\\", 1)[0] !== targetKey.split("\\", 1)[0]) return win32.resolve(to);
    return relativeSegments(source, target, "\\", sourceKey, targetKey);
  },

  toNamespacedPath(path: string): string {
    if (typeof path !== "string" || path.length === 0) return path;
    const resolved: string = win32.resolve(path);
    if (resolved.length <= 2) return path;
    if (resolved.startsWith("\\\\")) {
      if (resolved[2] !== "?" && resolved[2] !== ".") return `\\\\?\\UNC\\${resolved.slice(2)}`;
    } else if (isLetter(resolved.charCodeAt(0)) && resolved.startsWith(":\\", 1)) return `\\\\?\\${resolved}`;
    return resolved;
  },

  dirname(path: string): string {
    validateString(path, "path");
    const length = path.length;
    if (length === 0) return ".";
    if (length === 1) return isAnySlash(path.charCodeAt(0)) ? path : ".";
    const root = dirRootEnd(path);
    if (root === length && root > 3) return path;
    const end = parentEnd(path, root === -1 ? 0 : root, isAnySlash);
    if (end !== -1) return path.slice(0, end);
    return root === -1 ? "." : path.slice(0, root);
  },

  basename(path: string, suffix?: string): string {
    if (suffix !== undefined) validateString(suffix, "suffix");
    validateString(path, "path");
    const drive = isLetter(path.charCodeAt(0)) && path.charCodeAt(1) === COLON ? 2 : 0;
    return stripSuffix(path, drive, suffix ?? "", isAnySlash);
  },

  extname(path: string): string {
    const base = win32.basename(path);
    return base.slice(extensionStart(base));
  },

  format(parts: Partial<ParsedPath>): string {
    return formatPath("\\", parts);
  },

  parse(path: string): ParsedPath {
    validateString(path, "path");
    const end = parseRootEnd(path);
    return parseAfterRoot(path, path.slice(0, end), end, isAnySlash);
  },

  matchesGlob: (path: string, pattern: string): boolean => matchesGlobOf(path, pattern, true),
};

/** Keeps joined text from becoming a UNC path unless its first part already was one. */
function guardUncByAccident(joined: string, first: string): string {
  let slashes = 0;
  if (isAnySlash(first.charCodeAt(0))) {
    slashes = 1;
    if (first.length > 1 && isAnySlash(first.charCodeAt(1))) {
      if (first.length === 2) slashes = 2;
      else if (!isAnySlash(first.charCodeAt(2))) return joined;
      else slashes = 3;
    }
  }
  if (slashes === 0 && !isAnySlash(joined.charCodeAt(0))) return joined;
  let at = slashes;
  while (at < joined.length && isAnySlash(joined.charCodeAt(at))) at++;
  return at >= 2 ? `\\${joined.slice(at)}` : joined;
}

function trimSlashes(path: string): string {
  return path.replace(/^\\+/, "").replace(/\\+$/, "");
}

/** The end of the part that `dirname` must keep, or -1 for a relative path. */
function dirRootEnd(path: string): number {
  const root = readDirRoot(path);
  return root === 0 ? -1 : root;
}

function readDirRoot(path: string): number {
  const length = path.length;
  const first = path.charCodeAt(0);
  if (!isAnySlash(first)) {
    if (!isLetter(first) || path.charCodeAt(1) !== COLON) return 0;
    return length > 2 && isAnySlash(path.charCodeAt(2)) ? 3 : 2;
  }
  const share = uncShareEnd(path);
  // The separator after the share belongs to the root.
  return share === -1 ? 1 : share === length ? length : share + 1;
}

function parseRootEnd(path: string): number {
  if (path.length === 1) return isAnySlash(path.charCodeAt(0)) ? 1 : 0;
  return readDirRoot(path);
}

/** Where `\\server\share` ends, or -1 when the path is no UNC path. */
function uncShareEnd(path: string): number {
  const match = /^[\\/]{2}[^\\/]+[\\/]+[^\\/]+/.exec(path);
  return match ? match[0].length : -1;
}

posix.posix = win32.posix = posix;
posix.win32 = win32.win32 = win32;
posix._makeLong = posix.toNamespacedPath;
win32._makeLong = win32.toNamespacedPath;

const native = process.platform === "win32" ? win32 : posix;

export const { resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname, format, parse, matchesGlob, sep, delimiter, _makeLong } = native;
export default native;
