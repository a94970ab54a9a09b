// What Vitest's and node:test's functions are called with, and the fixtures of `test.extend`.
import { run, type Attempt } from "crust:test_api/state";
import { expect } from "crust:test_api/expect";
import { path, type Test } from "crust:test_api/tree";

const SKIP = Symbol.for("crust.test.skip");

export function contextOf(test: Test, attempt: Attempt): any {
  if (test.flavour === "node") return (require("crust:test_api/node_context") as any).contextOf(test, attempt);
  const names = path(test);
  const controller = new AbortController();
  return {
    task: { name: test.name, fullName: names.join(" > "), mode: test.mode, file: { name: run.file, filepath: run.file }, meta: {}, type: "test" },
    expect,
    signal: controller.signal,
    onTestFinished: (fn: () => unknown) => { attempt.finishers.push(fn); },
    onTestFailed: (fn: () => unknown) => { attempt.finishers.push(() => (attempt.errors.length > 0 ? fn() : undefined)); },
    skip(first?: boolean | string, second?: string): void {
      if (first === false) return;
      throw skip(typeof first === "string" ? first : second);
    },
  };
}

export function skip(reason?: string): Error {
  return Object.assign(new Error("skipped"), { [SKIP]: true, reason: reason ?? "" });
}

export function invoke(test: Test, context: any, row: unknown[]): unknown {
  const fn = test.fn!;
  const given = context;
  if (test.flavour === "node") return (require("crust:test_api/node_context") as any).invoke(test, given);
  if (test.fixtures === undefined) return fn(...row, given);
  return withFixtures(test, given, row);
}

/** The names that a function destructures from its parameter: only these fixtures are set up. */
function wantedNames(fn: Function, position: number): string[] | undefined {
  const text = Function.prototype.toString.call(fn);
  const open = text.indexOf("(");
  if (open < 0) return undefined;
  const parameters = splitTop(text.slice(open + 1, closing(text, open)));
  const parameter = parameters[position]?.trim();
  if (parameter === undefined || parameter === "") return [];
  if (!parameter.startsWith("{")) return undefined;
  const inner = parameter.slice(1, closing(parameter, 0));
  const names = splitTop(inner).map((part) => part.trim().split(/[:=\s]/)[0]!).filter((name) => name !== "");
  return names.some((name) => name.startsWith("...")) ? undefined : names;
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if ("([{".includes(text[at]!)) depth++;
    else if (")]}".includes(text[at]!) && --depth === 0) return at;
  }
  return text.length;
}

function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if ("([{".includes(text[at]!)) depth++;
    else if (")]}".includes(text[at]!)) depth--;
    else if (text[at] === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** A test's fixtures, with those that its suites put in their place. */
function fixturesOf(test: Test): any {
  const scopes: any[] = [];
  for (let suite: Test["parent"] | undefined = test.parent; suite !== undefined; suite = suite.parent) if (suite.fixtures !== undefined) scopes.unshift(suite.fixtures);
  return Object.assign({}, test.fixtures, ...scopes);
}

async function withFixtures(test: Test, context: any, row: unknown[]): Promise<unknown> {
  const fixtures = fixturesOf(test);
  const position = row.length;
  const names = wantedNames(test.fn!, position) ?? Object.keys(fixtures);
  const teardowns: Array<() => Promise<void>> = [];
  const ready = new Set<string>();
  const setUp = async (name: string, chain: string[]): Promise<void> => {
    if (!(name in fixtures) || ready.has(name)) return;
    if (chain.includes(name)) throw new Error(`Fixtures depend on each other in a circle: ${[...chain, name].join(" -> ")}`);
    ready.add(name);
    const [fixture] = Array.isArray(fixtures[name]) && fixtures[name].length === 2 && fixtures[name][1] !== null && typeof fixtures[name][1] === "object" ? fixtures[name] : [fixtures[name]];
    if (typeof fixture !== "function") {
      context[name] = fixture;
      return;
    }
    for (const needed of wantedNames(fixture, 0) ?? []) await setUp(needed, [...chain, name]);
    await new Promise<void>((resolve, reject) => {
      let release!: () => void;
      const held = new Promise<void>((free) => { release = free; });
      let used = false;
      const use = (value: unknown): Promise<void> => {
        used = true;
        context[name] = value;
        resolve();
        return held;
      };
      const finished = Promise.resolve(fixture(context, use));
      finished.then((value) => {
        if (used) return;
        context[name] = value;
        resolve();
      }, reject);
      teardowns.unshift(async () => {
        release();
        await finished;
      });
    });
  };
  for (const [name, fixture] of Object.entries<any>(fixtures)) {
    if (names.includes(name) || (Array.isArray(fixture) && fixture[1]?.auto === true)) await setUp(name, []);
  }
  try {
    return await test.fn!(...row, context);
  } finally {
    for (const teardown of teardowns) await teardown();
  }
}
