// Bun.semver: order and satisfaction of versions, as node-semver defines them.

interface Version {
  numbers: [number, number, number];
  pre: (string | number)[];
}

type Comparator = { operator: "<" | "<=" | ">" | ">=" | "="; version: Version };

const VERSION = /^[v=\s]*(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z-.]+))?(?:\+[0-9A-Za-z-.]+)?\s*$/;
const PARTIAL = /^([~^]|[<>]=?|=)?\s*[v=]*\s*(\d+|[xX*])?(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z-.]+))?(?:\+[0-9A-Za-z-.]+)?$/;

function identifiers(pre: string | undefined): (string | number)[] {
  return pre === undefined ? [] : pre.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function parse(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  return { numbers: [Number(match[1]), Number(match[2]), Number(match[3])], pre: identifiers(match[4]) };
}

function compareIdentifiers(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return Math.sign(a - b);
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compare(a: Version, b: Version): number {
  for (let i = 0; i < 3; i++) {
    const [left, right] = [a.numbers[i] as number, b.numbers[i] as number];
    if (left !== right) return left < right ? -1 : 1;
  }
  // A version without pre-release identifiers comes after all that have some.
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length);
  for (let i = 0; i < Math.max(a.pre.length, b.pre.length); i++) {
    if (i >= a.pre.length) return -1;
    if (i >= b.pre.length) return 1;
    const order = compareIdentifiers(a.pre[i] as string | number, b.pre[i] as string | number);
    if (order !== 0) return order;
  }
  return 0;
}

function at(major: number, minor: number, patch: number, pre: (string | number)[] = []): Version {
  return { numbers: [major, minor, patch], pre };
}

/** Below every version with these numbers, pre-releases included. */
function below(major: number, minor: number, patch: number): Comparator {
  return { operator: "<", version: at(major, minor, patch, [0]) };
}

/** The comparators one part of a range stands for; undefined when it is malformed. */
function expand(part: string): Comparator[] | undefined {
  const match = PARTIAL.exec(part);
  if (match === null) return undefined;
  const operator = match[1] ?? "";
  const number = (text: string | undefined) => (text === undefined || /[xX*]/.test(text) ? undefined : Number(text));
  const [major, minor, patch] = [number(match[2]), number(match[3]), number(match[4])];
  if (major === undefined) return operator === "<" || operator === ">" ? [below(0, 0, 0)] : [];
  const pre = patch === undefined ? [] : identifiers(match[5]);
  const floor = at(major, minor ?? 0, minor === undefined ? 0 : (patch ?? 0), pre);
  const ceiling = minor === undefined ? below(major + 1, 0, 0) : below(major, minor + 1, 0);
  const isPartial = minor === undefined || patch === undefined;
  switch (operator) {
    case "^": return [{ operator: ">=", version: floor }, caretCeiling(major, minor, patch)];
    case "~": return [{ operator: ">=", version: floor }, ceiling];
    case ">=": return [{ operator: ">=", version: floor }];
    case "<": return [isPartial ? below(...floor.numbers) : { operator: "<", version: floor }];
    case ">": return [isPartial ? { operator: ">=", version: at(...ceiling.version.numbers) } : { operator: ">", version: floor }];
    case "<=": return [isPartial ? ceiling : { operator: "<=", version: floor }];
    default: return isPartial ? [{ operator: ">=", version: floor }, ceiling] : [{ operator: "=", version: floor }];
  }
}

function caretCeiling(major: number, minor: number | undefined, patch: number | undefined): Comparator {
  if (major > 0 || minor === undefined) return below(major + 1, 0, 0);
  if (minor > 0 || patch === undefined) return below(0, minor + 1, 0);
  return below(0, 0, patch + 1);
}

function comparators(set: string): Comparator[] | undefined {
  const hyphen = /^\s*(\S+)\s+-\s+(\S+)\s*$/.exec(set);
  const text = hyphen === null ? set : `>=${hyphen[1]} <=${hyphen[2]}`;
  const parts = text.replace(/([~^<>=]+)\s+/g, "$1").replace(/~>/g, "~").trim().split(/\s+/).filter((part) => part !== "");
  const all: Comparator[] = [];
  for (const part of parts) {
    const expanded = expand(part);
    if (expanded === undefined) return undefined;
    all.push(...expanded);
  }
  return all;
}

function holds(version: Version, { operator, version: bound }: Comparator): boolean {
  const order = compare(version, bound);
  switch (operator) {
    case "<": return order < 0;
    case "<=": return order <= 0;
    case ">": return order > 0;
    case ">=": return order >= 0;
    default: return order === 0;
  }
}

function inSet(version: Version, set: Comparator[]): boolean {
  if (!set.every((comparator) => holds(version, comparator))) return false;
  if (version.pre.length === 0) return true;
  // A pre-release is only in a range that names a pre-release of the same numbers.
  return set.some(({ version: bound }) => bound.pre.length > 0 && bound.pre[0] !== 0 && bound.numbers.every((number, index) => number === version.numbers[index]));
}

function satisfies(version: string, range: string): boolean {
  const parsed = parse(String(version));
  if (parsed === undefined) return false;
  return String(range).split("||").some((part) => {
    const set = comparators(part);
    return set !== undefined && inSet(parsed, set);
  });
}

/** A version whose missing or wild numbers come after every number. */
function parseLoosely(text: string): Version {
  const parts = /^[v=\s]*(\d+)?(?:\.(\d+))?/.exec(text);
  const number = (part: string | undefined) => (part === undefined ? Infinity : Number(part));
  return { numbers: [number(parts?.[1]), number(parts?.[2]), Infinity], pre: [] };
}

function order(a: string, b: string): -1 | 0 | 1 {
  const read = (text: string) => parse(text) ?? parseLoosely(text);
  return compare(read(String(a)), read(String(b))) as -1 | 0 | 1;
}

export const semver = { satisfies, order };
