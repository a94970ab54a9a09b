// Bun.build, from inside: options, artifacts, plugins, and what goes wrong.
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "crust-build-api-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Builds virtual files; `main.ts` is the program. */
function build(files: Record<string, string | Uint8Array | Blob>, options: object = {}) {
  const virtual = Object.fromEntries(Object.entries(files).map(([name, content]) => [join(folder, name), content]));
  return Bun.build({ entrypoints: [join(folder, "main.ts")], files: virtual, target: "bun", ...options } as never);
}

/** Runs the first artifact; what it exports as default is given. */
async function run(output: { outputs: Blob[] }): Promise<unknown> {
  const path = join(folder, `run-${Math.random()}.mjs`);
  await Bun.write(path, await output.outputs[0]!.text());
  return (await import(path)).default;
}

test("virtual files are bundled", async () => {
  const output = await build({
    "main.ts": "import { a } from './lib'; import data from './data.json'; export default a + data.n;",
    "lib/index.ts": "export const a: number = 1;",
    "data.json": new Blob(['{"n": 41}']),
  });
  expect(output.success).toBe(true);
  expect(output.logs).toEqual([]);
  expect(await run(output)).toBe(42);
});

test("style sheets have source maps", async () => {
  const files = { "main.ts": "import './a.css';", "a.css": "@import './b.css';\n.a { color: red }", "b.css": ".b { margin: 0 }" };
  const output = await build(files, { sourcemap: "linked" });
  const sheet = output.outputs.find((artifact) => artifact.path === "./main.css") as any;
  expect([sheet.sourcemap.path, sheet.sourcemap.kind]).toEqual(["./main.css.map", "sourcemap"]);
  expect(await sheet.text()).toEndWith("/*# sourceMappingURL=main.css.map */\n");
  const map = await sheet.sourcemap.json();
  expect(map.sourcesContent).toEqual([files["b.css"], files["a.css"]]);
  expect(map.sources.map((name: string) => name.split("/").pop())).toEqual(["b.css", "a.css"]);
  const without = await build(files, { sourcemap: "none" });
  expect(without.outputs.every((artifact) => artifact.sourcemap === null)).toBe(true);
});

test("artifacts are blobs that know what they are", async () => {
  const output = await build({ "main.ts": "import pic from './p.svg'; export default pic;", "p.svg": "<svg/>" }, { sourcemap: "external" });
  const [main, map, pic] = output.outputs as any[];
  expect(main).toBeInstanceOf(Blob);
  expect([main.kind, main.path, main.loader, main.type]).toEqual(["entry-point", "./main.js", "ts", "text/javascript;charset=utf-8"]);
  expect([map.kind, map.path]).toEqual(["sourcemap", "./main.js.map"]);
  expect(main.sourcemap).toBe(map);
  expect([pic.kind, pic.loader, pic.type]).toEqual(["asset", "file", "image/svg+xml"]);
  expect(pic.path).toMatch(/^\.\/p-[a-z0-9]{8}\.svg$/);
  expect(pic.hash).toMatch(/^[a-z0-9]{8}$/);
  expect(await pic.text()).toBe("<svg/>");
  expect(main.sourcemap === null || (await map.json()).version === 3).toBe(true);
  expect(Bun.inspect(main)).toStartWith("BuildArtifact (entry-point)");
});

test("an outdir is written to", async () => {
  const outdir = join(folder, "out");
  const output = await build({ "main.ts": "export default 1;" }, { outdir, naming: "[name]-[hash].[ext]", banner: "// top" });
  const path = (output.outputs[0] as any).path;
  expect(path).toStartWith(join(outdir, "main-"));
  expect(await Bun.file(path).text()).toBe(await output.outputs[0]!.text());
  expect(await Bun.file(path).text()).toContain("// top");
});

test("everything that is wrong is told", async () => {
  const files = { "main.ts": "import './nope';\nimport './bad';\nimport 'nopkg';", "bad.ts": "let = 3 +;" };
  const output = await build(files, { throw: false });
  expect(output.success).toBe(false);
  expect(output.outputs).toEqual([]);
  const logs = output.logs as any[];
  expect(logs.map((log) => log.name).sort()).toEqual(["BuildMessage", "ResolveMessage", "ResolveMessage"]);
  const nope = logs.find((log) => log.specifier === "./nope");
  expect(nope.message).toBe('Could not resolve: "./nope"');
  expect(nope.code).toBe("ERR_MODULE_NOT_FOUND");
  expect(nope.position).toMatchObject({ line: 1, column: 8, file: join(folder, "main.ts"), lineText: "import './nope';" });
  const error: any = await build(files).catch((error) => error);
  expect(error).toBeInstanceOf(AggregateError);
  expect(error.message).toBe("Bundle failed");
  expect(error.errors.length).toBe(3);
  expect(existsSync(join(folder, "out-bad"))).toBe(false);
});

test("options are checked at once", () => {
  expect(() => (Bun.build as any)()).toThrow("Expected a config object");
  const throws = (options: object, message: string) => expect(() => Bun.build({ entrypoints: ["x"], ...options } as never)).toThrow(message);
  throws({ entrypoints: undefined }, "entrypoints must be an array of strings");
  throws({ entrypoints: [] }, "Expected entrypoints to be a non-empty array");
  throws({ entrypoints: "x" }, "entrypoints must be an array");
  throws({ target: "deno" }, 'target: "deno" is none of browser, bun, node');
  throws({ target: 1 }, "target must be a string");
  throws({ minify: 1 }, "minify must be a boolean or an object");
  throws({ throw: 0 }, "throw must be a boolean");
  throws({ metafile: 1 }, "metafile must be a boolean, a string, or an object");
  throws({ loader: { ts: "js" } }, 'loader["ts"] must be named by a file extension');
  throws({ define: { a: 1 } }, 'define["a"] must be a string');
  throws({ files: { "a.ts": null } }, 'files["a.ts"] must be a string, a Blob');
  throws({ bytecode: true }, 'the option "bytecode" is not part of this version of Crust');
  throws({ plugins: [null] }, "plugins must be objects");
  throws({ plugins: [{ name: "", setup() {} }] }, "plugin.name must be a string that is not empty");
  throws({ plugins: [{ name: "x" }] }, 'setup of the plugin "x" must be a function');
  throws({ plugins: [{ name: "x", setup: (b: any) => b.onLoad({}, () => {}) }] }, "onLoad needs a filter");
  throws({ plugins: [{ name: "x", setup: (b: any) => b.onLoad({ filter: /x/, namespace: "a b" }, () => {}) }] }, "the namespace of onLoad can hold");
});

test("plugins change the options while they are set up", async () => {
  const plugin = { name: "x", setup: async (b: any) => void ((b.config.naming = "other.[ext]"), (b.config.banner = "// changed")) };
  const output = await build({ "main.ts": "export default 1" }, { plugins: [plugin] });
  expect((output.outputs[0] as any).path).toBe("./other.js");
  expect(await output.outputs[0]!.text()).toContain("// changed");
});

test("the metafile is a file of the output", async () => {
  const outdir = join(folder, "meta-out");
  const output: any = await build({ "main.ts": "export default 1" }, { outdir, metafile: "meta/m.json" });
  const meta = output.outputs.find((file: any) => file.kind === "metafile-json");
  expect([meta.path, meta.loader]).toEqual([join(outdir, "meta/m.json"), "json"]);
  expect(await Bun.file(meta.path).json()).toEqual(output.metafile);
});

test("the metafile is written for people too", async () => {
  const outdir = join(folder, "meta-text-out");
  const output: any = await build({ "main.ts": "export default 1" }, { outdir, metafile: { json: "m.json", markdown: "deep/m.md" } });
  const [, json, text] = output.outputs;
  expect([json.kind, text.kind, text.loader, text.type]).toEqual(["metafile-json", "metafile-markdown", "file", "text/markdown"]);
  expect(text.path).toBe(join(outdir, "deep/m.md"));
  expect(await Bun.file(text.path).text()).toStartWith("# ");
  expect(await text.text()).toContain("main.ts");
  expect(output.metafile.outputs["main.js"].bytes).toBeGreaterThan(0);
  const alone: any = await build({ "main.ts": "export default 1" }, { metafile: { markdown: "m.md", json: "" } });
  expect(alone.outputs.map((file: any) => file.kind)).toEqual(["entry-point", "metafile-markdown"]);
});

test("builds of one process write the same folder at the same time", async () => {
  const outdir = join(folder, "same/deep/out");
  const outputs = await Promise.all(Array.from({ length: 16 }, () => build({ "main.ts": "export default 1" }, { outdir, throw: false })));
  expect(outputs.flatMap((output) => output.logs.map((log: any) => log.message))).toEqual([]);
  expect(readdirSync(outdir)).toEqual(["main.js"]);
});

test("an entry point that is named twice is built once", async () => {
  const main = join(folder, "main.ts");
  const output = await build({ "main.ts": "export default 1" }, { entrypoints: [main, main] });
  expect(output.outputs.length).toBe(1);
});

test("plugins resolve and load", async () => {
  const calls: string[] = [];
  const output = await build(
    { "main.ts": "import v from 'virtual:config'; import txt from './x.upper'; import { plain } from './plain'; export default [v, txt, plain];", "x.upper": "abc", "plain.ts": "export const plain = 'p';" },
    {
      plugins: [
        {
          name: "virtual",
          setup(build: any) {
            calls.push(`config ${build.config.target}`);
            build.onStart(() => void calls.push("start"));
            build.onResolve({ filter: /^virtual:/ }, (args: any) => {
              calls.push(`resolve ${args.path} ${args.kind} ${args.importer.endsWith("main.ts")}`);
              return { path: args.path.slice(8), namespace: "virtual", pluginData: { answer: 42 } };
            });
            build.onLoad({ filter: /.*/, namespace: "virtual" }, async (args: any) => {
              calls.push(`load ${args.namespace}:${args.path} ${args.pluginData.answer}`);
              await Bun.sleep(1);
              return { contents: `export default ${args.pluginData.answer} as number`, loader: "ts" };
            });
            build.onEnd((result: any) => void calls.push(`end ${result.success}`));
          },
        },
        {
          name: "upper",
          setup(build: any) {
            build.onLoad({ filter: /\.upper$/ }, () => undefined);
            build.onLoad({ filter: /\.upper$/ }, (args: any) => ({ contents: new TextEncoder().encode("ABC"), loader: "text" }));
            build.onLoad({ filter: /never/ }, () => void calls.push("never"));
          },
        },
      ],
    },
  );
  expect(await run(output)).toEqual([42, "ABC", "p"]);
  expect(calls).toEqual(["config bun", "start", "resolve virtual:config import-statement true", "load virtual:config 42", "end true"]);
});

test("a callback is asked once for each file", async () => {
  const files: Record<string, string> = { "main.ts": "" };
  for (let i = 0; i < 50; i++) {
    files[`m${i}.x.ts`] = `import './shared.x'; export const v${i} = ${i};`;
    files["main.ts"] += `export * from './m${i}.x';`;
  }
  files["shared.x.ts"] = "globalThis.shared = 1;";
  const asked = new Map<string, number>();
  await build(files, {
    plugins: [{ name: "count", setup: (b: any) => b.onLoad({ filter: /\.x\.ts$/ }, (args: any) => void asked.set(args.path, (asked.get(args.path) ?? 0) + 1)) }],
  });
  expect(asked.size).toBe(51);
  expect([...asked.values()].every((count) => count === 1)).toBe(true);
});

test("plugins leave imports out and change entry points", async () => {
  const output = await Bun.build({
    entrypoints: ["the-app"],
    target: "bun",
    plugins: [
      {
        name: "app",
        setup(build: any) {
          build.onResolve({ filter: /^the-app$/ }, (args: any) => (args.kind === "entry-point-build" ? { path: "app", namespace: "app" } : undefined));
          build.onResolve({ filter: /^outside$/, namespace: "app" }, () => ({ path: "outside", external: true }));
          build.onLoad({ filter: /^app$/, namespace: "app" }, () => ({ contents: "import x from 'outside'; console.log(x)" }));
        },
      },
    ],
  } as never);
  expect(await output.outputs[0]!.text()).toContain('from "outside"');
});

test("what plugins complain of has its place", async () => {
  const plugins = [
    {
      name: "strict",
      setup(build: any) {
        build.onLoad({ filter: /a\.ts$/ }, (args: any) => ({ errors: [{ text: "no", location: { file: args.path, line: 3, column: 4, lineText: "    x" } }] }));
        build.onLoad({ filter: /b\.ts$/ }, () => {
          throw new Error("thrown in onLoad");
        });
        build.onResolve({ filter: /^c$/ }, () => Promise.reject(new Error("rejected in onResolve")));
      },
    },
  ];
  const output = await build({ "main.ts": "import './a'; import './b'; import 'c';", "a.ts": "", "b.ts": "" }, { plugins, throw: false });
  expect(output.success).toBe(false);
  const logs = output.logs as any[];
  expect(logs.map((log) => log.message).sort()).toEqual(["no", "rejected in onResolve", "thrown in onLoad"]);
  expect(logs.find((log) => log.message === "no").position).toMatchObject({ line: 3, column: 5, lineText: "    x" });
  const thrown = logs.find((log) => log.message === "thrown in onLoad");
  expect(thrown.position).toMatchObject({ file: join(folder, "b.ts"), line: 0 });
  expect(thrown.notes).toEqual(['the plugin "strict" says so']);
  expect(thrown.cause.stack).toContain("build.test.ts");
  expect(logs.find((log) => log.message === "rejected in onResolve").position).toMatchObject({ file: join(folder, "main.ts"), line: 0 });
});

test("warnings of plugins are logs of a build that succeeds", async () => {
  const plugins = [{ name: "w", setup: (b: any) => b.onLoad({ filter: /main\.ts$/ }, () => ({ contents: "export default 7", warnings: [{ text: "careful" }] })) }];
  const output = await build({ "main.ts": "" }, { plugins });
  expect(await run(output)).toBe(7);
  expect((output.logs as any[]).map((log) => [log.level, log.message])).toEqual([["warning", "careful"]]);
});

test("anything can be thrown, and no answer of a plugin hangs a build", async () => {
  const message = async (answer: () => unknown, method = "onLoad") => {
    const plugin = { name: "x", setup: (b: any) => b[method]({ filter: method === "onLoad" ? /b\.ts$/ : /^\.\/b$/ }, answer) };
    const output = await build({ "main.ts": "import b from './b'; export default b", "b.ts": "export default 1" }, { plugins: [plugin], throw: false });
    return output.success ? await run(output) : (output.logs[0] as any).message;
  };
  const thrown = (value: unknown) => () => {
    throw value;
  };
  expect(await message(thrown(Object.create(null)))).toBe("a value was thrown that has no text");
  expect(await message(thrown(undefined))).toBe("undefined");
  expect(await message(() => new Proxy({}, { get: thrown(new Error("from a proxy")) }))).toBe("from a proxy");
  expect(await message(() => ({}))).toStartWith("onLoad must give an object with contents");
  expect(await message(() => ({ contents: "1", loader: "zzz" }))).toStartWith('the loader that onLoad gives: "zzz" is none of');
  expect(await message(() => ({ errors: [{ text: "e", location: { line: "2", column: NaN, length: -1 } }] }))).toBe("e");
  expect(await message(() => false)).toBe(1);
  expect(await message(() => ({ contents: "1", loader: "object", exports: { default: 7 } }))).toBe(7);
  expect(await message(() => ({ path: "b.ts" }), "onResolve")).toBe('the path that onResolve gives must be absolute in the namespace "file": "b.ts"');
  expect(await message(() => ({ path: "b", external: 1 }), "onResolve")).toBe("external of onResolve must be a boolean");
  expect(await message(() => ({ path: "" }), "onResolve")).toBe(1);
});

test("plugins bring modules of their own", async () => {
  const plugin = {
    name: "own",
    setup(b: any) {
      b.module("the.own", () => ({ contents: "export default 5 as number", loader: "ts" }));
      b.module("own/values", async () => ({ exports: { default: 1, "a b": [2], c: { d: 3 } }, loader: "object" }));
      expect(() => b.module("./own", () => {})).toThrow("cannot be a path");
    },
  };
  const output = await build({ "main.ts": "import own from 'the.own'; import one, { 'a b' as two, c } from 'own/values'; export default [own, one, two, c.d];" }, { plugins: [plugin] });
  expect(await run(output)).toEqual([5, 1, [2], 3]);
});

test("style sheets come from plugins", async () => {
  const asked: string[] = [];
  const plugin = {
    name: "scss",
    setup(b: any) {
      b.onResolve({ filter: /^theme$/ }, (args: any) => (asked.push(args.kind), { path: "theme", namespace: "style" }));
      b.onLoad({ filter: /.*/, namespace: "style" }, () => ({ contents: ".theme { color: green }", loader: "css" }));
      b.onLoad({ filter: /\.scss$/ }, (args: any) => (asked.push(args.path.slice(folder.length + 1)), { contents: `.${args.path.slice(folder.length + 1, -5)} { color: red }`, loader: "css" }));
      b.onLoad({ filter: /bad\.css$/ }, () => ({ contents: "x", loader: "ts" }));
    },
  };
  const css = async (files: Record<string, string>, entry: string) => {
    asked.length = 0;
    const output = await build(files, { entrypoints: [join(folder, entry)], plugins: [plugin], throw: false, minify: true });
    const sheet = (output.outputs as any[]).find((file) => file.path.endsWith(".css"));
    return [output.outputs.map((file: any) => file.path), (await sheet?.text())?.trim(), output.logs.map((log: any) => log.message)];
  };
  const scss = "$x: 1 {{{ no style sheet";
  expect(await css({ "main.ts": "import x from './a.scss'; console.log(x);", "a.scss": scss }, "main.ts")).toEqual([["./main.js", "./main.css"], ".a{color:red}", []]);
  expect(asked).toEqual(["a.scss"]);
  expect(await css({ "main.css": "@import './a.scss'; @import 'theme'; b { color: blue }", "a.scss": scss }, "main.css")).toEqual([["./main.css"], ".a{color:red}.theme{color:green}b{color:#00f}", []]);
  expect(asked.sort()).toEqual(["a.scss", "import-rule"]);
  expect(await css({ "a.scss": scss }, "a.scss")).toEqual([["./a.css"], ".a{color:red}", []]);
  expect((await css({ "main.css": "@import './bad.css';", "bad.css": "" }, "main.css"))[2]).toEqual(['A style sheet imports what a plugin loads as "ts"']);
});

test("a plugin without side effects is shaken out", async () => {
  const plugins = [
    {
      name: "pure",
      setup(build: any) {
        build.onResolve({ filter: /^pure$/ }, (args: any) => ({ path: "pure", namespace: "p", sideEffects: false }));
        build.onLoad({ filter: /.*/, namespace: "p" }, () => ({ contents: "console.log('effect'); export const used = 1;" }));
      },
    },
  ];
  const output = await build({ "main.ts": "import 'pure'; export default 1;" }, { plugins });
  expect(await output.outputs[0]!.text()).not.toContain("effect");
});

test("the metafile lists inputs and outputs", async () => {
  const output: any = await build({ "main.ts": "import './b'; export default 1;", "b.ts": "globalThis.b = 1;" }, { metafile: true });
  expect(Object.keys(output.metafile.inputs).length).toBe(2);
  expect(output.metafile.outputs["main.js"].exports).toEqual(["default"]);
});

test("builds run side by side", async () => {
  const outputs = await Promise.all([1, 2, 3, 4].map((n) => build({ "main.ts": `export default ${n};` }, { minify: n % 2 === 0 })));
  expect(await Promise.all(outputs.map(run))).toEqual([1, 2, 3, 4]);
});

test("a program is compiled into an executable", async () => {
  const outdir = join(folder, "compiled");
  const files = { "main.ts": "import text from './a.txt' with { type: 'file' }; console.log(process.argv.slice(2), Bun.isStandaloneExecutable, Bun.embeddedFiles.length, await Bun.file(text).text());", "a.txt": "embedded" };
  const output = await build(files, { outdir, target: undefined, compile: { outfile: "app", execArgv: ["--smol"] } });
  const [app] = output.outputs as any[];
  expect([app.path, app.kind, output.outputs.length]).toEqual([join(outdir, "app"), "entry-point", 1]);
  expect(readdirSync(outdir)).toEqual(["app"]);
  // No module of the folder that it is started in is run.
  await Bun.write(join(outdir, "bunfig.toml"), 'preload = ["./nope.ts"]');
  const { stdout, stderr, exitCode } = Bun.spawnSync([app.path, "word"], { cwd: outdir });
  expect([stdout.toString(), stderr.toString(), exitCode]).toEqual(['[ "word" ] true 1 embedded\n', "", 0]);
  const failed = await build(files, { throw: false, outdir: join(folder, "nowhere"), compile: { outfile: "x", executablePath: join(folder, "no-binary") } });
  expect((failed.logs[0] as any).message).toStartWith("cannot read ");
  expect(existsSync(join(folder, "nowhere"))).toBe(false);
  const throws = (options: object, message: string) => expect(() => build(files, options)).toThrow(message);
  throws({ compile: 1 }, "compile must be a boolean, a string or an object");
  throws({ compile: "linux" }, 'compile.target must start with "bun-"');
  throws({ compile: "bun-other-x64" }, '"bun-other-x64" is another system');
  throws({ compile: true, format: "iife" }, "compile needs the format esm or cjs");
  throws({ compile: true, target: "node" }, "compile needs the target bun");
  throws({ compile: true, entrypoints: ["a", "b"] }, "compile takes one entry point");
  throws({ compile: { windows: {} } }, 'the option "compile.windows" is not part of this version');
});

test("no executable, no embedded files", () => {
  expect(Bun.embeddedFiles).toEqual([]);
  expect((Bun as any).isStandaloneExecutable).toBe(false);
});

test("Bun.Transpiler transpiles one source", async () => {
  const transpiler = new Bun.Transpiler({ loader: "tsx", define: { "process.env.X": '"1"' }, tsconfig: { compilerOptions: { jsx: "react", jsxFactory: "h" } } } as never);
  const code = transpiler.transformSync("import a from 'a'; import type T from 't'; const x: number = process.env.X; export default <p>{x}</p>;");
  expect(code).toContain('import a from "a"');
  expect(code).not.toContain("'t'");
  expect(code).toContain('const x = "1"');
  expect(code).toContain('h("p", null, x)');
  expect(await transpiler.transform("let y: string = 'z';", "ts")).toBe('let y = "z";\n');
  expect(new Bun.Transpiler({ loader: "ts", trimUnusedImports: true }).transformSync("import {a, b} from 'x'; b()")).toBe('import { b } from "x";\nb();\n');
});

test("Bun.Transpiler makes sources smaller", () => {
  const source = "export const x = 1 + 2; function foo(longName) { if (longName) { return true } return false } console.log(foo(x), foo(4));";
  const smaller = (options: object, code = source) => new Bun.Transpiler({ loader: "ts", ...options } as never).transformSync(code);
  expect(smaller({ minifyWhitespace: true })).toBe("export const x=1+2;function foo(longName){if(longName){return true}return false}console.log(foo(x),foo(4));");
  const minified = smaller({ minify: true });
  expect(minified.length).toBeLessThan(80);
  expect(minified).toStartWith("export const x=3;function ");
  expect(smaller({ minify: { identifiers: true } })).not.toContain("longName");
  expect(smaller({ minify: { syntax: true } })).toContain("export const x = 3;");
  expect(smaller({ inline: true }, "const a = 1; console.log(a + 2);")).toBe("const a = 1;\nconsole.log(3);\n");
  expect(smaller({ deadCodeElimination: true }, "if (false) { dead() } live();")).toBe("live();\n");
  expect(smaller({}, "if (false) { dead() }")).toContain("dead()");
});

test("Bun.Transpiler makes modules of elements and of data", () => {
  const transpiler = new Bun.Transpiler({ loader: "tsx" });
  expect(transpiler.transformSync("<a/>")).toContain('from "react/jsx-runtime"');
  expect(transpiler.transformSync("<a/>", "jsx")).toContain('from "react/jsx-runtime"');
  expect(transpiler.transformSync('{"a": 1}', "json")).toBe('export default {"a":1};\n');
  expect(transpiler.transformSync("a = 1", "toml")).toBe('export default {"a":1};\n');
  expect(transpiler.transformSync("it's", "text")).toBe('export default "it\'s";\n');
});

test("Bun.Transpiler scans", () => {
  const transpiler = new Bun.Transpiler({ loader: "tsx" });
  const { imports, exports } = transpiler.scan("import a from 'a'; import type T from 't'; export const y = a; export default 2; import('./dyn'); require('req'); export * from './star';");
  expect(exports).toEqual(["default", "y"]);
  const statements = [
    { kind: "import-statement", path: "a" },
    { kind: "import-statement", path: "./star" },
  ];
  const calls = [
    { kind: "dynamic-import", path: "./dyn" },
    { kind: "require-call", path: "req" },
  ];
  expect(imports).toEqual([...statements, ...calls]);
  expect(transpiler.scanImports("import 'x'; import('y'); import 'z'; require.resolve('r')").map(({ path }) => path)).toEqual(["x", "y", "z"]);
  // Elements are no imports, and names that nothing uses are, unless they are trimmed.
  const source = "import { unused } from 'u'; import { type T } from 't'; export const a = <b/>; require.resolve('r')";
  expect(transpiler.scan(source).imports).toEqual([{ kind: "import-statement", path: "u" }, { kind: "require-resolve", path: "r" }]);
  expect(new Bun.Transpiler({ loader: "tsx", trimUnusedImports: true }).scan(source).imports).toEqual([{ kind: "require-resolve", path: "r" }]);
  expect(transpiler.scanImports("import './x'")).toEqual([{ kind: "import-statement", path: "./x" }]);
});

test("Bun.Transpiler says what is wrong", () => {
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  for (const run of [() => transpiler.transformSync("let = 3 +;"), () => transpiler.scan("let = 3 +;")]) {
    const error: any = (() => { try { run(); } catch (error) { return error; } })();
    expect(error.name).toBe("BuildMessage");
    expect(error.position).toMatchObject({ line: 1, column: 10, lineText: "let = 3 +;" });
  }
  expect(() => new Bun.Transpiler({ loader: "css" as never })).toThrow("Invalid loader");
  expect(() => new Bun.Transpiler({ loader: 1 as never })).toThrow("loader must be a string");
  expect(() => new Bun.Transpiler({ define: { a: 1 } as never })).toThrow('define "a" must be a JSON string');
  expect(() => new Bun.Transpiler({ logLevel: "loud" } as never)).toThrow("logLevel must be one of");
  expect(() => transpiler.transform(5 as never)).toThrow("Expected code to be a string or Uint8Array for 'transform'");
  expect(() => transpiler.transformSync("x", "css" as never)).toThrow('Invalid loader: "css"');
  // Once the stack of the process overflowed.
  expect(() => transpiler.transformSync(`x = ${"[".repeat(100_000)}${"]".repeat(100_000)}`)).toThrow("The source is nested too deeply");
  expect(() => new Bun.Transpiler({ macro: {} } as never)).toThrow('the option "macro" is not part of this version of Crust');
});

test("declarations are artifacts of their own", async () => {
  const files = {
    "main.ts": "import type { Shape } from './shape'; export const make: () => Shape = () => ({ size: 1 }); export default '' as string;",
    "shape.d.ts": "export interface Shape { size: number }",
  };
  const { success, outputs } = await build(files, { dts: true, naming: "[name].mjs" });
  expect(success).toBe(true);
  const [main, declarations] = outputs as any[];
  expect([main.kind, main.path]).toEqual(["entry-point", "./main.mjs"]);
  expect([declarations.kind, declarations.path, declarations.loader, declarations.type]).toEqual(["declaration", "./main.d.mts", "ts", "text/javascript;charset=utf-8"]);
  expect(await declarations.text()).toBe(
    "interface Shape { size: number }\ndeclare const make: () => Shape;\ndeclare const _default: string;\nexport { make, _default as default };\n",
  );
  expect((await build(files)).outputs.length).toBe(1);
});

test("plugins answer for declarations too", async () => {
  const plugin = {
    name: "virtual",
    setup(builder: any) {
      builder.onResolve({ filter: /^virtual:/ }, ({ path }: any) => ({ path, namespace: "virtual" }));
      builder.onResolve({ filter: /^outside$/ }, () => ({ path: "other-name", external: true }));
      builder.onLoad({ filter: /.*/, namespace: "virtual" }, () => ({ contents: "export interface V { v: 1 } export const v: V = { v: 1 };", loader: "ts" }));
    },
  };
  const { outputs } = await build({ "main.ts": "export * from 'virtual:x'; export type { O } from 'outside';" }, { dts: true, plugins: [plugin] });
  expect(await outputs[1]!.text()).toBe('import type { O } from "other-name";\ninterface V {\n    v: 1;\n}\ndeclare const v: V;\nexport { V, v, type O };\n');
});

test("what has no type fails, and so does dts with compile", async () => {
  const files = { "main.ts": "export const a = compute();\nfunction compute() { return 1; }" };
  const { success, logs } = await build(files, { dts: true, throw: false });
  expect(success).toBe(false);
  expect(logs.map((log: any) => [log.code, log.position.line, log.position.column, log.position.lineText])).toEqual([["TS9010", 1, 14, "export const a = compute();"]]);
  expect(() => build(files, { dts: true, compile: true })).toThrow("dts does not go with compile");
  expect(() => build(files, { dts: "yes" })).toThrow("dts must be a boolean");
});
