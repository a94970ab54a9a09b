// Runs Web Platform Tests from a checkout outside the tree and writes the ledger. Usage:
//
//   crust conformance/wpt/run.ts CHECKOUT [--bin PROGRAM] [--ledger FILE] [--json FILE] [--failures] [FILTER…]
//
// A filter is the beginning of a path below the checkout. Each test file runs in a process of its own with a time
// limit. Tests that need a document, a frame or a second origin are left out and counted as such.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { renderLedger } from "./ledger.ts";
import type { FileResult, Subtest } from "./ledger.ts";

const HERE = import.meta.dirname;
const NORMAL_LIMIT_MS = 15_000;
const LONG_LIMIT_MS = 45_000;
const JOBS = 2;
// A runaway test may not fill the memory of the runner.
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

// What the suite's own server answers with for names that are no files.
const SERVED_AS: Record<string, string> = { "resources/WebIDLParser.js": "resources/webidl2/lib/webidl2.js" };

interface Options {
  root: string;
  bin: string;
  ledger: string | null;
  json: string | null;
  failures: boolean;
  filters: string[];
}

function parseArguments(args: string[]): Options {
  const options: Options = { root: "", bin: process.execPath, ledger: null, json: null, failures: false, filters: [] };
  const positional: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string;
    if (arg === "--bin" || arg === "--ledger" || arg === "--json") {
      options[arg.slice(2) as "bin" | "ledger" | "json"] = args[++index] ?? "";
    } else if (arg === "--failures") {
      options.failures = true;
    } else {
      positional.push(arg);
    }
  }
  const [root, ...filters] = positional;
  if (root === undefined) {
    throw new Error("usage: run.ts CHECKOUT [--bin PROGRAM] [--ledger FILE] [--json FILE] [--failures] [FILTER…]");
  }
  return { ...options, root, filters };
}

function findTests(root: string, filters: string[]): string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        walk(path);
      } else if (/\.(any|window)\.js$/.test(entry.name) && filters.some((filter) => path.startsWith(filter))) {
        found.push(path);
      }
    }
  };
  walk("");
  return found.sort();
}

interface Meta {
  scripts: string[];
  variants: string[];
  isLong: boolean;
  globals: string[];
}

function readMeta(source: string): Meta {
  const meta: Meta = { scripts: [], variants: [], isLong: false, globals: [] };
  for (const match of source.matchAll(/^\/\/ META: (\w+)=(.*)$/gm)) {
    const [, key, value = ""] = match;
    if (key === "script") {
      meta.scripts.push(value.trim());
    } else if (key === "variant") {
      meta.variants.push(value.trim());
    } else if (key === "timeout") {
      meta.isLong = value.trim() === "long";
    } else if (key === "global") {
      meta.globals.push(...value.split(",").map((name) => name.trim()));
    }
  }
  return meta;
}

/** Why a file is not run, or null. */
function reasonToSkip(path: string, source: string, meta: Meta): string | null {
  const code = source.replace(/\/\/.*$/gm, "");
  if (/\bdocument\s*[.)]|createElement|\biframe\b|window\.open|\.contentWindow/.test(code)) {
    return "needs a document";
  }
  if (meta.globals.length > 0 && !meta.globals.some((name) => /^(window|worker|dedicatedworker|shadowrealm.*|window-module|jsshell)$/.test(name))) {
    return "for another kind of global";
  }
  if (/\bimportScripts\(|ServiceWorker|serviceWorker|SharedWorker/.test(code)) {
    return "needs a kind of worker";
  }
  if (path.includes(".sub.")) {
    return "needs wptserve";
  }
  // The tests of the Compression standard kept the name of proposals.
  if (path.includes(".tentative.") && !path.startsWith("compression/")) {
    return "tentative";
  }
  return null;
}

function buildProgram(root: string, file: string, search: string, meta: Meta, source: string): string {
  const read = (script: string) => {
    const path = script.startsWith("/") ? script.slice(1) : join(dirname(file), script);
    return readFileSync(join(root, SERVED_AS[path] ?? path), "utf8");
  };
  const parts = [
    `const WPT_TEST = ${JSON.stringify({ root, file, search })};`,
    readFileSync(join(HERE, "prelude.js"), "utf8"),
    read("/resources/testharness.js"),
    "reportWptResults();",
    ...meta.scripts.filter((script) => !/testdriver/.test(script)).map(read),
    // A script's functions are global in a browser; idlharness.js looks for this one there.
    "if (typeof fetch_spec === 'function') globalThis.fetch_spec = fetch_spec;",
    // A directive counts at the beginning of a function only.
    /^\s*(\/\/.*\n\s*)*['"]use strict['"]/.test(source) ? `(function () {${source}\n})();` : source,
  ];
  return parts.join("\n;\n");
}

async function runProgram(bin: string, program: string, limit: number): Promise<{ output: string; errors: string; timedOut: boolean; code: number | null }> {
  const child = Bun.spawn([bin, program], { stdout: "pipe", stderr: "pipe", stdin: "ignore" });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill(9);
  }, limit);
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of stream) {
      size += chunk.byteLength;
      if (size > MAX_OUTPUT_BYTES) {
        child.kill(9);
        break;
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  };
  const [output, errors] = await Promise.all([collect(child.stdout), collect(child.stderr)]);
  await child.exited;
  clearTimeout(timer);
  return { output, errors, timedOut, code: child.exitCode };
}

async function runFile(options: Options, folder: string, file: string): Promise<FileResult[]> {
  const source = readFileSync(join(options.root, file), "utf8");
  const meta = readMeta(source);
  const skipped = reasonToSkip(file, source, meta);
  if (skipped !== null) {
    return [{ file, variant: "", skipped, subtests: [], problem: null }];
  }
  const results: FileResult[] = [];
  for (const variant of meta.variants.length === 0 ? [""] : meta.variants) {
    const program = join(folder, `${results.length}-${file.replaceAll("/", "-")}`);
    let text: string;
    try {
      text = buildProgram(options.root, file, variant, meta, source);
    } catch {
      return [{ file, variant, skipped: "a script is not in the checkout", subtests: [], problem: null }];
    }
    writeFileSync(program, text);
    const run = await runProgram(options.bin, program, meta.isLong ? LONG_LIMIT_MS : NORMAL_LIMIT_MS);
    results.push({ file, variant, skipped: null, ...readOutput(run) });
    rmSync(program);
  }
  return results;
}

function readOutput(run: { output: string; errors: string; timedOut: boolean; code: number | null }): { subtests: Subtest[]; problem: string | null } {
  const subtests: Subtest[] = [];
  let finished = false;
  let problem: string | null = null;
  for (const line of run.output.split("\n")) {
    if (!line.startsWith("@@WPT ")) {
      continue;
    }
    const record = JSON.parse(line.slice("@@WPT ".length)) as Subtest & { done?: boolean; status: unknown };
    if (record.done === true) {
      finished = true;
      problem = (record.status as unknown) === 0 ? null : `harness: ${record.message}`;
    } else {
      subtests.push({ name: record.name, status: record.status, message: record.message });
    }
  }
  if (!finished) {
    problem = run.timedOut ? "timeout" : `ended with ${String(run.code)}: ${run.errors.trim().slice(0, 600)}`;
  }
  return { subtests, problem };
}

async function main(): Promise<void> {
  const options = parseArguments(process.argv.slice(2));
  const folder = mkdtempSync(join(tmpdir(), "crust-wpt-"));
  const waiting = findTests(options.root, options.filters.length === 0 ? [""] : options.filters);
  const results: FileResult[] = [];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const of = await runFile(options, folder, file);
      results.push(...of);
      of.forEach((result) => print(result, options.failures));
    }
  };
  await Promise.all(Array.from({ length: JOBS }, worker));
  rmSync(folder, { recursive: true });
  results.sort((a, b) => (a.file + a.variant < b.file + b.variant ? -1 : 1));
  if (options.json !== null) {
    writeFileSync(options.json, JSON.stringify(results, null, 1));
  }
  const reasons = JSON.parse(readFileSync(join(HERE, "reasons.json"), "utf8")) as [string, string, string][];
  const ledger = renderLedger(results, reasons);
  if (options.ledger !== null) {
    writeFileSync(options.ledger, ledger.text);
  }
  console.log(ledger.summary);
}

function print(result: FileResult, failures: boolean): void {
  const failed = result.subtests.filter((subtest) => subtest.status !== "PASS");
  const head = result.skipped !== null ? `skip (${result.skipped})` : `${result.subtests.length - failed.length}/${result.subtests.length}${result.problem === null ? "" : ` ${result.problem.split("\n")[0]}`}`;
  console.log(`${failed.length === 0 && result.problem === null ? "  " : "! "}${result.file}${result.variant} ${head}`);
  if (failures) {
    if (result.problem !== null && result.problem.includes("\n")) {
      console.log(result.problem);
    }
    for (const subtest of failed) {
      console.log(`    ${subtest.status} ${JSON.stringify(subtest.name)}: ${(subtest.message ?? "").slice(0, 300)}`);
    }
  }
}

await main();
