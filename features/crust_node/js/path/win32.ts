// `node:path/win32`: the Windows half of `node:path` under a name of its own.

import { win32 } from "crust:node/path";

export const { resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname, format, parse, matchesGlob, sep, delimiter, posix, _makeLong } = win32;
export default win32;
