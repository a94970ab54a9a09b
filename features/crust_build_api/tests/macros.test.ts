// Macros in Bun.build: called in the program that builds.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "crust-build-macros-"));
afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(
  join(folder, "macros.ts"),
  `let calls = 0;
export const id = (value: unknown) => value;
export const next = async () => ++calls;
export const wait = () => new Promise((resolve) => setImmediate(() => resolve("waited")));
export const fails = () => { throw Object.assign(new Error("not today"), { code: "E" }); };
export const bytes = () => new Uint16Array([1, 2]);
export const deep = (levels: number) => { let value: unknown = null; while (levels-- > 0) value = [value]; return value; };
export const thrown = () => { throw { toString() { throw 1; } }; };
`,
);

/** Builds a program of one virtual file. */
function build(code: string, options: object = {}) {
  const source = `import { id, next, wait, fails, bytes, deep, thrown } from "./macros.ts" with { type: "macro" };\n${code}`;
  return Bun.build({ entrypoints: [join(folder, "main.ts")], files: { [join(folder, "main.ts")]: source }, target: "bun", throw: false, ...options } as never);
}

async function run(code: string, options?: object): Promise<unknown> {
  const output = await build(code, options);
  expect(output.logs).toEqual([]);
  const path = join(folder, `run-${Math.random()}.mjs`);
  await Bun.write(path, output.outputs[0]!);
  return (await import(path)).default;
}

test("results are inlined", async () => {
  const code = "export default [id('a'), await wait(), id({ a: id([1]) }).a, bytes(), id({ __proto__: 1, b: undefined })]";
  expect(await run(code)).toEqual(["a", "waited", [1], "AQACAA==", { ["__proto__"]: 1, b: undefined }] as never);
});

test("modules that are built twice call macros once for each call", async () => {
  const first = (await run("export default [next(), next()]")) as number[];
  expect(first[1]).toBe(first[0]! + 1);
  const files = {
    [join(folder, "main.ts")]: "import { value } from './shared'; export default value",
    [join(folder, "two.ts")]: "import { value } from './shared'; export default value",
    [join(folder, "shared.ts")]: "import { next } from './macros.ts' with { type: 'macro' }; export const value = next();",
  };
  const output = await Bun.build({ entrypoints: [join(folder, "main.ts"), join(folder, "two.ts")], files, target: "bun" } as never);
  expect(output.success).toBe(true);
  expect(await run("export default next()")).toBeLessThan(first[1]! + 4);
});

test("plugins and macros go together", async () => {
  const plugin = {
    name: "given",
    setup(build: any) {
      build.onLoad({ filter: /given\.ts$/ }, () => ({ contents: "import { id } from './macros.ts' with { type: 'macro' }; export const given = id('given');", loader: "ts" }));
    },
  };
  writeFileSync(join(folder, "given.ts"), "");
  expect(await run("import { given } from './given.ts'; export default given", { plugins: [plugin] })).toBe("given");
});

test("what fails is a message with its place", async () => {
  const output = await build("export default [fails(), thrown(), deep(600), deep(100)]");
  expect(output.success).toBe(false);
  const [fails, thrown, deep] = output.logs as any[];
  expect(output.logs.length).toBe(3);
  expect(fails).toMatchObject({ message: 'The macro "fails" threw: Error: not today', code: "MACRO_ERROR", position: { line: 2, column: 17 } });
  expect(fails.notes[0]).toContain("macros.ts:5:");
  expect(thrown.message).toBe('The macro "thrown" threw: a value that has no text');
  expect(deep.message).toContain("a value of more than 500 levels");
});

test("the program itself may use macros", async () => {
  writeFileSync(join(folder, "program.ts"), "import { id } from './macros.ts' with { type: 'macro' };\nexport default id({ a: 1 });");
  expect((await import(join(folder, "program.ts"))).default).toEqual({ a: 1 });
});
