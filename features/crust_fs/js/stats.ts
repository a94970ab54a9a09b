// `Stats`, `BigIntStats`, `Dirent`, `StatFs`: what the natives' numbers become. Touches no file.

import { encodePath } from "crust:fs/support";

const FORMAT = 0o170000;
const kinds: Record<string, number> = { isBlockDevice: 0o60000, isCharacterDevice: 0o20000, isDirectory: 0o40000, isFIFO: 0o10000, isFile: 0o100000, isSocket: 0o140000, isSymbolicLink: 0o120000 };
const names = ["dev", "mode", "nlink", "uid", "gid", "rdev", "blksize", "ino", "size", "blocks"];
// The order in which programs see them, and their places among the natives' numbers.
const shownNames = ["dev", "ino", "mode", "nlink", "uid", "gid", "rdev", "size", "blksize", "blocks"];
const places = shownNames.map((name) => names.indexOf(name));
const times = ["atime", "mtime", "ctime", "birthtime"];

// A plain function: programs call it without `new` to inherit from it.
export function Stats(this: any, ...values: any[]): void {
  names.forEach((name, index) => { this[name] = values[index]; });
  times.forEach((name, index) => { this[`${name}Ms`] = values[names.length + index]; });
}
Object.defineProperty(Stats.prototype, "_checkModeProperty", {
  value(this: any, kind: number): boolean {
    return (Number(this.mode) & FORMAT) === kind;
  },
  writable: true,
  configurable: true,
});
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

// Bun's console shows methods and dates too, Node's inspect the fields alone.
function inspectable(view: () => object, extra: (value: any) => object) {
  return function (this: any, _depth: number, _options: object, inspect: unknown): object {
    const shown = Object.assign(view(), this);
    if (inspect !== require("crust:console/node_inspect").inspect) Object.assign(shown, extra(this));
    return shown;
  };
}

function methodsOf(value: any): object {
  return Object.fromEntries(Object.keys(kinds).map((name) => [name, value[name]]));
}

const custom = Symbol.for("nodejs.util.inspect.custom");
const StatsView = class Stats {};
Object.defineProperty(Stats.prototype, custom, {
  value: inspectable(() => new StatsView(), (stats) => ({ ...methodsOf(stats), ...Object.fromEntries(times.map((name) => [name, new Date(Math.round(Number(stats[`${name}Ms`])))])) })),
  writable: true,
  configurable: true,
});

function BigIntStats(this: any): void {}
BigIntStats.prototype = Object.create(Stats.prototype, { constructor: { value: BigIntStats, writable: true, configurable: true } });

export function makeStats(figures: number[] | undefined, bigint: boolean): any {
  if (figures === undefined) return undefined;
  const stats = Object.create(bigint ? BigIntStats.prototype : Stats.prototype);
  if (!bigint) {
    for (let index = 0; index < names.length; index++) stats[shownNames[index]!] = figures[places[index]!];
    for (let index = 0; index < times.length; index++) {
      stats[`${times[index]}Ms`] = figures[10 + 2 * index]! * 1000 + figures[11 + 2 * index]! / 1e6;
    }
    return stats;
  }
  for (let index = 0; index < names.length; index++) stats[shownNames[index]!] = BigInt(figures[places[index]!]!);
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

export class Dirent {
  name: any;
  /** Bun's and Node's older name of `parentPath`. */
  path: string;
  parentPath: string;
  #kind: number;

  constructor(name: any, parentPath: string, kind: number) {
    this.name = name;
    this.path = parentPath;
    this.parentPath = parentPath;
    this.#kind = kind;
  }
  isBlockDevice(): boolean {
    return this.#kind === 7;
  }
  isCharacterDevice(): boolean {
    return this.#kind === 6;
  }
  isDirectory(): boolean {
    return this.#kind === 2;
  }
  isFIFO(): boolean {
    return this.#kind === 4;
  }
  isFile(): boolean {
    return this.#kind === 1;
  }
  isSocket(): boolean {
    return this.#kind === 5;
  }
  isSymbolicLink(): boolean {
    return this.#kind === 3;
  }
}

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
