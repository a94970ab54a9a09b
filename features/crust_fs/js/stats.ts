// `Stats`, `BigIntStats`, `Dirent`, `StatFs`: what the natives' numbers become. Touches no file.

import { encodePath } from "crust:fs/support";

const FORMAT = 0o170000;
const kinds: Record<string, number> = { isDirectory: 0o40000, isFile: 0o100000, isBlockDevice: 0o60000, isCharacterDevice: 0o20000, isSymbolicLink: 0o120000, isFIFO: 0o10000, isSocket: 0o140000 };
const names = ["dev", "mode", "nlink", "uid", "gid", "rdev", "blksize", "ino", "size", "blocks"];
const times = ["atime", "mtime", "ctime", "birthtime"];

// A plain function: programs call it without `new` to inherit from it.
export function Stats(this: any, ...values: any[]): void {
  names.forEach((name, index) => { this[name] = values[index]; });
  times.forEach((name, index) => { this[`${name}Ms`] = values[names.length + index]; });
}
Stats.prototype._checkModeProperty = function (this: any, kind: number): boolean {
  return (Number(this.mode) & FORMAT) === kind;
};
for (const [name, kind] of Object.entries(kinds)) {
  (Stats.prototype as any)[name] = {
    [name](this: any): boolean {
      return (Number(this.mode) & FORMAT) === kind;
    },
  }[name];
}
// Dates are made when they are first read.
for (const name of times) {
  Object.defineProperty(Stats.prototype, name, {
    get(this: any) {
      const value = new Date(Math.round(Number(this[`${name}Ms`])));
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
      return value;
    },
    set(this: any, value) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
    enumerable: true,
    configurable: true,
  });
}

function BigIntStats(this: any): void {}
BigIntStats.prototype = Object.create(Stats.prototype, { constructor: { value: BigIntStats, writable: true, configurable: true } });

export function makeStats(figures: number[] | undefined, bigint: boolean): any {
  if (figures === undefined) return undefined;
  const stats = Object.create(bigint ? BigIntStats.prototype : Stats.prototype);
  if (!bigint) {
    for (let index = 0; index < names.length; index++) stats[names[index]!] = figures[index];
    for (let index = 0; index < times.length; index++) {
      stats[`${times[index]}Ms`] = figures[10 + 2 * index]! * 1000 + figures[11 + 2 * index]! / 1e6;
    }
    return stats;
  }
  for (let index = 0; index < names.length; index++) stats[names[index]!] = BigInt(figures[index]!);
  for (let index = 0; index < times.length; index++) {
    stats[`${times[index]}Ms`] = BigInt(figures[10 + 2 * index]!) * 1000n + BigInt(Math.floor(figures[11 + 2 * index]! / 1e6));
  }
  for (let index = 0; index < times.length; index++) {
    stats[`${times[index]}Ns`] = BigInt(figures[10 + 2 * index]!) * 1000000000n + BigInt(figures[11 + 2 * index]!);
  }
  return stats;
}

export class StatFs {
  declare type: any;
}

export function makeStatFs(figures: number[], bigint: boolean): StatFs {
  const result: any = new StatFs();
  ["type", "bsize", "frsize", "blocks", "bfree", "bavail", "files", "ffree"].forEach((name, index) => {
    result[name] = bigint ? BigInt(figures[index]!) : figures[index];
  });
  return result;
}

const kKind = Symbol("type");

export class Dirent {
  name: any;
  parentPath: string;
  [kKind]: number;

  constructor(name: any, parentPath: string, kind: number) {
    this.name = name;
    this.parentPath = parentPath;
    Object.defineProperty(this, kKind, { value: kind, writable: true });
  }
  isFile(): boolean {
    return this[kKind] === 1;
  }
  isDirectory(): boolean {
    return this[kKind] === 2;
  }
  isSymbolicLink(): boolean {
    return this[kKind] === 3;
  }
  isFIFO(): boolean {
    return this[kKind] === 4;
  }
  isSocket(): boolean {
    return this[kKind] === 5;
  }
  isCharacterDevice(): boolean {
    return this[kKind] === 6;
  }
  isBlockDevice(): boolean {
    return this[kKind] === 7;
  }
}
// Bun keeps the older name.
Object.defineProperty(Dirent.prototype, "path", { get(this: Dirent) { return this.parentPath; }, configurable: true });

/** The entries of a native's list, as names or as `Dirent`s. */
export function makeEntries(list: any[], root: string, withTypes: boolean, encoding: string | undefined): any[] {
  const entries: any[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const path: string = list[index];
    if (!withTypes) {
      entries.push(encodePath(path, encoding));
      continue;
    }
    const slash = path.lastIndexOf("/");
    const parent = slash < 0 ? root : root.endsWith("/") ? root + path.slice(0, slash) : `${root}/${path.slice(0, slash)}`;
    entries.push(new Dirent(encodePath(path.slice(slash + 1), encoding), parent, list[index + 1]));
  }
  return entries;
}
