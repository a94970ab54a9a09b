// `node:path/win32`: the Windows half of `node:path` under a name of its own.

import path from "crust:node/path";

const { win32: half } = path;

export const { resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname, format, parse, matchesGlob, sep, delimiter, posix, _makeLong } = half;
export { half as win32 };
export default half;
