// `fs.glob`: walks directories for paths that match patterns of `*`, `**`, `?`, `[…]` and `{a,b}`.
// Names that begin with a dot match only where the pattern says the dot.

import * as native from "crust:ops/fs";
import { codes } from "crust:node/internal/errors";
import { validateFunction, validateObject, validateString } from "crust:node/internal/validators";
import { Dirent } from "crust:fs/stats";
import { toPath } from "crust:fs/support";

type Segment = string | RegExp | typeof ANY_DEPTH;
const ANY_DEPTH = Symbol("**");
const DIRECTORY = 2;
const LINK = 3;

/** The alternatives of a pattern without its braces. Nested braces are expanded from the outside. */
export function expandBraces(pattern: string): string[] {
  let depth = 0;
  let start = -1;
  const commas: number[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index];
    if (character === "\\") index++;
    else if (character === "{") {
      if (depth++ === 0) start = index;
    } else if (character === "," && depth === 1) commas.push(index);
    else if (character === "}" && depth > 0 && --depth === 0 && commas.length > 0) {
      const [head, tail] = [pattern.slice(0, start), pattern.slice(index + 1)];
      const cuts = [start, ...commas, index];
      const choices = cuts.slice(1).map((end, at) => pattern.slice(cuts[at]! + 1, end));
      return choices.flatMap((choice) => expandBraces(head + choice + tail));
    }
  }
  return [pattern];
}

// One path segment: text, or an expression for what has wildcards.
function compileSegment(segment: string): Segment {
  if (segment === "**") return ANY_DEPTH;
  if (!/[*?[\\]/.test(segment)) return segment;
  let source = "";
  for (let index = 0; index < segment.length; index++) {
    const character = segment[index]!;
    if (character === "*") source += "[^/]*";
    else if (character === "?") source += "[^/]";
    else if (character === "\\" && index + 1 < segment.length) source += escape(segment[++index]!);
    else if (character === "[") {
      const end = segment.indexOf("]", index + 2);
      if (end < 0) source += "\\[";
      else {
        const body = segment.slice(index + 1, end);
        const negated = body[0] === "!" || body[0] === "^";
        source += `[${negated ? "^" : ""}${(negated ? body.slice(1) : body).replace(/[\\\]]/g, "\\$&")}]`;
        index = end;
      }
    } else source += escape(character);
  }
  return new RegExp(`^${segment.startsWith(".") ? "" : "(?!\\.)"}${source}$`, "u");
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

function matchesSegment(segment: Segment, name: string): boolean {
  return segment === ANY_DEPTH ? !name.startsWith(".") : typeof segment === "string" ? segment === name : segment.test(name);
}

function matchesPath(segments: Segment[], parts: string[], at = 0, part = 0): boolean {
  if (at === segments.length) return part === parts.length;
  if (segments[at] === ANY_DEPTH) {
    return matchesPath(segments, parts, at + 1, part) || (part < parts.length && !parts[part]!.startsWith(".") && matchesPath(segments, parts, at, part + 1));
  }
  return part < parts.length && matchesSegment(segments[at]!, parts[part]!) && matchesPath(segments, parts, at + 1, part + 1);
}

/** Whether a path matches a pattern, without looking at any file (`path.matchesGlob`). */
export function matchesGlob(path: string, pattern: string): boolean {
  const parts = path.split("/").filter((part, index) => part !== "" || index === 0);
  return expandBraces(pattern).some((choice) => matchesPath(choice.split("/").filter((part, index) => part !== "" || index === 0).map(compileSegment), parts));
}

interface Walk {
  root: string;
  found: Map<string, Dirent>;
  excluded: (path: string, entry: Dirent) => boolean;
  lists: Map<string, any[]>;
}

function list(walk: Walk, directory: string): any[] {
  let entries = walk.lists.get(directory);
  if (entries === undefined) {
    try {
      entries = native.readdir(false, directory, false, "scandir") as any[];
    } catch {
      entries = [];
    }
    walk.lists.set(directory, entries);
  }
  return entries;
}

function join(base: string, name: string): string {
  return base === "" ? name : base.endsWith("/") ? base + name : `${base}/${name}`;
}

function descend(walk: Walk, segments: Segment[], at: number, base: string): void {
  const segment = segments[at]!;
  const last = at === segments.length - 1;
  const directory = base.startsWith("/") ? base : base === "" ? walk.root : join(walk.root, base);
  if (typeof segment === "string") {
    fixed(walk, segments, at, base, segment);
    return;
  }
  if (segment === ANY_DEPTH) {
    if (last) add(walk, base === "" ? "." : base, new Dirent(base === "" ? "." : base.split("/").pop(), walk.root, DIRECTORY));
    else descend(walk, segments, at + 1, base);
  }
  const entries = list(walk, directory);
  for (let index = 0; index < entries.length; index += 2) {
    const name: string = entries[index];
    if (!matchesSegment(segment, name)) continue;
    const path = join(base, name);
    const kind: number = entries[index + 1];
    const entry = new Dirent(name, directory, kind);
    if (walk.excluded(path, entry)) continue;
    if (last) add(walk, path, entry);
    if (segment === ANY_DEPTH && kind === DIRECTORY) descend(walk, segments, at, path);
    else if (!last && segment !== ANY_DEPTH && (kind === DIRECTORY || kind === LINK)) descend(walk, segments, at + 1, path);
  }
}

// A segment without wildcards is looked up, not searched for.
function fixed(walk: Walk, segments: Segment[], at: number, base: string, name: string): void {
  const path = at === 0 && name === "" ? "/" : join(base, name);
  const full = path.startsWith("/") ? path : join(walk.root, path);
  const figures: number[] | undefined = native.stat(false, full, false, false);
  if (figures === undefined) return;
  const format = figures[1]! & 0o170000;
  const kind = format === 0o40000 ? DIRECTORY : format === 0o120000 ? LINK : 1;
  const entry = new Dirent(name, base === "" ? walk.root : join(walk.root, base), kind);
  if (walk.excluded(path, entry)) return;
  if (at === segments.length - 1) add(walk, path, entry);
  else if (kind !== 1) descend(walk, segments, at + 1, path);
}

function add(walk: Walk, path: string, entry: Dirent): void {
  if (!walk.found.has(path)) walk.found.set(path, entry);
}

function exclusion(exclude: any, withTypes: boolean): Walk["excluded"] {
  if (exclude === undefined || exclude === null) return () => false;
  if (Array.isArray(exclude)) return (path) => exclude.some((pattern) => matchesGlob(path, pattern));
  validateFunction(exclude, "options.exclude");
  return (path, entry) => Boolean(exclude(withTypes ? entry : path));
}

export function globSync(pattern: unknown, options: any = {}): any[] {
  validateObject(options, "options");
  const patterns = Array.isArray(pattern) ? pattern : [pattern];
  for (const item of patterns) {
    if (Array.isArray(pattern)) validateString(item, "patterns[0]");
    else if (typeof item !== "string") throw new codes.ERR_INVALID_ARG_TYPE!("patterns", ["string", "string[]"], item);
  }
  const root = options.cwd === undefined ? process.cwd() : toPath(options.cwd, "options.cwd");
  const withTypes = options.withFileTypes === true;
  const walk: Walk = { root, found: new Map(), excluded: exclusion(options.exclude, withTypes), lists: new Map() };
  for (const choice of patterns.flatMap((item: string) => expandBraces(item))) {
    const segments = choice.split("/").filter((part, index) => (part !== "" || index === 0) && part !== ".").map(compileSegment);
    if (segments.length > 0) descend(walk, segments, 0, "");
  }
  return withTypes ? [...walk.found.values()] : [...walk.found.keys()];
}
