// `node:path/posix`: the POSIX half of `node:path` under a name of its own.

import path from "crust:node/path";

const { posix: half } = path;

export const { resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname, format, parse, matchesGlob, sep, delimiter, win32, _makeLong } = half;
export { half as posix };
export default half;
