// The snapshots of a file: compared while its tests run, written when it ends.
import { readSnapshots, writeInlineSnapshots, writeSnapshots } from "crust:ops/test_api";
import { run } from "crust:test_api/state";
import { format, type Serializer } from "crust:test_api/format";

export interface Counts {
  added: number;
  updated: number;
  matched: number;
  failed: number;
  obsolete: string[];
  removed: number;
}

interface Inline {
  line: number;
  column: number;
  method: string;
  value: string;
}

/** What snapshot files and thrown errors look like: Vitest has words of its own. */
type Dialect = "jest" | "vitest";
const VITEST_HEADER = "// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html";

interface Stored {
  path: string;
  /** The first line of the file; empty where there is none. */
  header: string;
  dialect: Dialect | undefined;
  entries: Map<string, string>;
  set: Map<string, string>;
  used: Set<string>;
}

let stored: Stored | undefined;
let inline = new Map<string, Inline[]>();
let counts: Counts = fresh();
let serializers: Serializer[] = [];
/** Tests that did not run, or not to their end: their snapshots cannot be told to be obsolete. */
let unfinished: string[][] = [];

function fresh(): Counts {
  return { added: 0, updated: 0, matched: 0, failed: 0, obsolete: [], removed: 0 };
}

export function addSerializer(serializer: Serializer): void {
  if (typeof serializer?.test !== "function" || (typeof serializer.print !== "function" && typeof serializer.serialize !== "function")) {
    throw new TypeError("A snapshot serializer is an object with a test method and a serialize or print method");
  }
  serializers.unshift(serializer);
}

export function serialize(value: unknown): string {
  // Snapshots hold strings as they are; only their quotes inside are escaped when printed.
  return format(value, { snapshot: true }, serializers);
}

export function keepSnapshotsOf(names: string[]): void {
  unfinished.push(names);
}

function isKept(key: string): boolean {
  return unfinished.some((names) => [" ", " > "].some((between) => {
    const name = names.join(between);
    return key.startsWith(`${name} `) || key.startsWith(`${name}: `);
  }));
}

/** The name of a test's snapshots, as the file's dialect has it. */
export function snapshotName(names: string[], label: unknown): string {
  if (dialect() === "vitest") return [...names, ...(label === undefined ? [] : [label as string])].join(" > ");
  const name = names.join(" ");
  return label === undefined ? name : `${name}: ${label as string}`;
}

/** What stands for a thrown value: Jest keeps the message, Vitest the error. An inline snapshot shows which of the two
 * wrote it. */
export function thrownSubject(value: any, inlineText?: string): unknown {
  const ofVitest = inlineText === undefined ? dialect() === "vitest" : withoutIndentation(inlineText).startsWith("[");
  return ofVitest || value?.message === undefined ? value : value.message;
}

// A new file's is that of what its tests import.
function dialect(): Dialect {
  const file = open();
  if (file.dialect !== undefined) return file.dialect;
  const { readFileSync } = require("crust:fs/fs");
  const ofVitest = file.header === "" ? /(from|import)\s*\(?["']vitest["']/.test(readFileSync(run.file, "utf8")) : file.header.startsWith("// Vitest");
  file.dialect = ofVitest ? "vitest" : "jest";
  return file.dialect;
}

function snapshotPath(file: string): string {
  const slash = file.lastIndexOf("/");
  return `${file.slice(0, slash)}/__snapshots__/${file.slice(slash + 1)}.snap`;
}

function open(): Stored {
  if (stored !== undefined) return stored;
  const path = snapshotPath(run.file);
  const [header, ...list]: string[] = readSnapshots(path);
  const entries = new Map<string, string>();
  for (let at = 0; at < list.length; at += 2) entries.set(list[at]!, list[at + 1]!);
  stored = { path, header: header!, dialect: undefined, entries, set: new Map(), used: new Set() };
  return stored;
}

export interface Comparison {
  pass: boolean;
  /** The snapshot there is; undefined where writing one is not allowed. */
  expected: string | undefined;
  received: string;
}

export function matchFile(name: string, value: unknown): Comparison {
  const file = open();
  const received = normalized(serialize(value));
  const attempt = run.attempt;
  const number = (attempt?.snapshots.get(name) ?? 0) + 1;
  attempt?.snapshots.set(name, number);
  const key = `${name} ${number}`;
  file.used.add(key);
  const expected = file.set.get(key) ?? file.entries.get(key);
  if (expected === undefined && run.settings.ci && !run.settings.updateSnapshots) {
    counts.failed++;
    return { pass: false, expected, received };
  }
  if (expected === received) {
    counts.matched++;
    return { pass: true, expected, received };
  }
  if (expected === undefined || run.settings.updateSnapshots) {
    if (expected === undefined) counts.added++;
    else counts.updated++;
    file.set.set(key, received);
    return { pass: true, expected: received, received };
  }
  counts.failed++;
  return { pass: false, expected, received };
}

function normalized(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

/** Removes the indentation that an inline snapshot has for its place in the source. */
export function withoutIndentation(text: string): string {
  const match = /^\n(?<indent>[ \t]*)[^\n]*/.exec(text);
  if (match === null) return text;
  const lines = text.split("\n");
  const first = lines.slice(1, -1).find((line) => line.trim() !== "");
  if (lines.length < 3 || first === undefined || lines.at(-1)!.trim() !== "") return text;
  const indent = /^[ \t]*/.exec(first)![0];
  const out: string[] = [];
  for (const line of lines.slice(1, -1)) {
    if (line.trim() === "") out.push("");
    else if (line.startsWith(indent)) out.push(line.slice(indent.length));
    else return text;
  }
  return out.join("\n");
}

export function matchInline(value: unknown, snapshot: string | undefined, method: string, below: Function | string): Comparison {
  const received = normalized(serialize(value));
  const expected = snapshot === undefined ? undefined : withoutIndentation(normalized(snapshot));
  if (expected === received) {
    counts.matched++;
    return { pass: true, expected, received };
  }
  const { ci, updateSnapshots } = run.settings;
  if ((expected === undefined && ci && !updateSnapshots) || (expected !== undefined && !updateSnapshots)) {
    counts.failed++;
    return { pass: false, expected, received };
  }
  const place = callerOf(below);
  if (place === undefined) throw new Error(`${method} cannot tell where it was called, so it cannot write the snapshot there`);
  const list = inline.get(place.file) ?? [];
  list.push({ line: place.line, column: place.column, method, value: received });
  inline.set(place.file, list);
  if (expected === undefined) counts.added++;
  else counts.updated++;
  return { pass: true, expected: received, received };
}

/** A snapshot that is a file of its own, `path` as seen from the test file. */
export function matchOwnFile(value: unknown, path: string): Comparison {
  const fs = require("crust:fs/fs") as typeof import("node:fs");
  const { dirname, resolve } = require("node:path") as typeof import("node:path");
  const file = resolve(dirname(run.file), path);
  const received = typeof value === "string" ? value : normalized(serialize(value));
  const expected = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
  if (expected !== undefined && normalized(expected) === normalized(received)) {
    counts.matched++;
    return { pass: true, expected, received };
  }
  const { ci, updateSnapshots } = run.settings;
  if (updateSnapshots || (expected === undefined && !ci)) {
    fs.mkdirSync(dirname(file), { recursive: true });
    fs.writeFileSync(file, received);
    if (expected === undefined) counts.added++;
    else counts.updated++;
    return { pass: true, expected: received, received };
  }
  counts.failed++;
  return { pass: false, expected, received };
}

function callerOf(below: Function | string): { file: string; line: number; column: number } | undefined {
  const holder: { stack?: string } = {};
  if (typeof below === "string") holder.stack = `\n${below}`;
  else Error.captureStackTrace(holder, below);
  const frames = String(holder.stack).split("\n").slice(1);
  for (const frame of frames) {
    const match = /\(?(\/[^()]*):(\d+):(\d+)\)?$/.exec(frame.trim());
    if (match !== null) return { file: match[1]!, line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}

/** Writes what changed and gives the file's counts; a problem with writing is thrown. */
export function finishSnapshots(): Counts {
  const result = counts;
  try {
    if (stored === undefined && run.settings.updateSnapshots) open();
    if (stored === undefined) {
      try {
        open();
      } catch {
        // Nobody asked for the file's content, so that it is corrupt harms nobody.
      }
    }
    if (stored !== undefined) {
      const { entries, used, set, path } = stored;
      const unused = [...entries.keys()].filter((key) => !used.has(key) && !isKept(key));
      const remove = run.settings.updateSnapshots ? unused : [];
      result.removed = remove.length;
      result.obsolete = run.settings.updateSnapshots ? [] : unused;
      if (set.size > 0 || remove.length > 0) writeSnapshots(path, JSON.stringify({ set: [...set], remove, header: set.size > 0 && dialect() === "vitest" ? VITEST_HEADER : undefined }));
    }
    for (const [file, list] of inline) writeInlineSnapshots(file, JSON.stringify(list));
    return result;
  } finally {
    stored = undefined;
    inline = new Map();
    counts = fresh();
    serializers = [];
    unfinished = [];
  }
}
