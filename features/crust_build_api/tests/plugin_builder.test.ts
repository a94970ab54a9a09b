// What plugins may ask a build for: defer() of onLoad, and build.resolve.
import { expect, test } from "bun:test";
import { join } from "node:path";

type Files = Record<string, string>;
type Setup = (build: any, log: string[]) => void;

/** Builds virtual files with a plugin; what it notes is given too. */
async function build(files: Files, setup: Setup, options: object = {}) {
  const virtual = Object.fromEntries(Object.entries(files).map(([name, content]) => [join("/app", name), content]));
  const log: string[] = [];
  const plugin = { name: "test", setup: (build: any) => setup(build, log) };
  const output = await Bun.build({ entrypoints: ["/app/main.ts"], files: virtual, target: "bun", throw: false, plugins: [plugin], ...options } as never);
  return { output, log, messages: output.logs.map(({ message }) => message) };
}

/** Modules of the namespace "late" wait for the others; each load is noted when it is done. */
function deferring(build: any, log: string[]): void {
  build.onResolve({ filter: /^late:/ }, ({ path }: any) => ({ path, namespace: "late" }));
  build.onLoad({ filter: /./, namespace: "late" }, async ({ path, defer }: any) => {
    expect(await defer()).toBeUndefined();
    log.push(path);
    return { contents: `export default ${JSON.stringify(log)};`, loader: "js" };
  });
  build.onLoad({ filter: /\.ts$/ }, async ({ path }: any) => {
    // Other modules overtake this one.
    for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(() => resolve()));
    log.push(path.slice("/app/".length));
  });
}

test("a deferred module is loaded after all others", async () => {
  const files = { "main.ts": "import x from 'late:x'; import './a'; console.log(x);", "a.ts": "import './b'; import('./c')", "b.ts": "", "c.ts": "require('./d')", "d.ts": "" };
  const { output, log } = await build(files, deferring);
  expect(output.logs).toEqual([]);
  expect(log.at(-1)).toBe("late:x");
  expect(log.slice(0, -1).sort()).toEqual(["a.ts", "b.ts", "c.ts", "d.ts", "main.ts"]);
  expect(await output.outputs[0]!.text()).toContain("late:x");
});

test("deferred modules wait for each other's imports in turn", async () => {
  const bringing: Setup = (build, log) => {
    build.onResolve({ filter: /^late:/ }, ({ path }: any) => ({ path, namespace: "late" }));
    build.onResolve({ filter: /^late:/, namespace: "late" }, ({ path }: any) => ({ path, namespace: "late" }));
    build.onLoad({ filter: /./, namespace: "late" }, async ({ path, defer }: any) => {
      await defer();
      log.push(path);
      return { contents: path === "late:1" ? "import 'late:3'; import '/app/new.ts'" : "", loader: "js" };
    });
    build.onLoad({ filter: /\.ts$/ }, ({ path }: any) => void log.push(path.slice("/app/".length)));
  };
  const { output, log } = await build({ "main.ts": "import 'late:1'; import 'late:2'; import './a'", "a.ts": "", "new.ts": "" }, bringing);
  expect(output.logs).toEqual([]);
  expect(log.slice(0, 2)).toEqual(["main.ts", "a.ts"]);
  expect(log.slice(2, 4).sort()).toEqual(["late:1", "late:2"]);
  expect(log.slice(4)).toEqual(["new.ts", "late:3"]);
});

test("a module that is broken does not hold up deferred ones", async () => {
  for (const broken of ["let = ;", "import './nope'", "require('./nope'); import './b'"]) {
    const { output, log } = await build({ "main.ts": "import 'late:x'; import './a';", "a.ts": broken, "b.ts": "" }, deferring);
    expect(output.success).toBe(false);
    expect(log).toContain("late:x");
  }
});

test("the entry point itself, and everything, may be deferred", async () => {
  const { output, log } = await build({ "main.ts": "import './a'", "a.ts": "" }, (build, log) => {
    build.onLoad({ filter: /\.ts$/ }, async ({ path, defer }: any) => {
      await defer();
      log.push(path);
    });
  });
  expect(output.success).toBe(true);
  expect(log).toEqual(["/app/main.ts", "/app/a.ts"]);
});

test("defer is called once, and in time", async () => {
  let kept: () => Promise<void>;
  const { output, log } = await build({ "main.ts": "" }, (build, log) => {
    build.onLoad({ filter: /\.ts$/ }, ({ defer }: any) => {
      kept = defer;
      // Nobody needs to wait for it.
      defer().then(() => log.push("all loaded"));
      expect(defer).toThrow("Can't call .defer() more than once within an onLoad plugin");
      return { contents: "import '/app/b.js'", loader: "js" };
    });
    build.onLoad({ filter: /b\.js$/ }, ({ defer }: any) => void (kept = defer));
  }, { files: { "/app/main.ts": "", "/app/b.js": "" } });
  expect(output.success).toBe(true);
  expect(log).toEqual(["all loaded"]);
  expect(() => kept()).toThrow();
});

test("build.resolve asks callbacks, then the disk", async () => {
  const found: Record<string, any> = {};
  const { output } = await build({ "main.ts": "import 'ask'", "lib/index.ts": "" }, (build) => {
    build.onResolve({ filter: /^ask$/ }, async ({ importer }: any) => {
      for (const path of ["./lib", "made", "bad", "node:fs", "external", "./nope"]) {
        found[path] = await build.resolve(path, { kind: "import-statement", importer, pluginData: { from: path } });
      }
      const { path } = found["./lib"];
      return { path };
    });
    build.onResolve({ filter: /^made$/ }, ({ pluginData, resolveDir, kind }: any) => {
      return { path: "x", namespace: "n", sideEffects: false, pluginData: { pluginData, resolveDir, kind }, warnings: [{ text: "so so" }] };
    });
    build.onResolve({ filter: /^bad$/ }, () => {
      throw new Error("not this");
    });
  }, { external: ["external"] });
  expect(output.success).toBe(true);
  expect(found["./lib"]).toEqual({ errors: [], warnings: [], path: "/app/lib/index.ts", external: false, sideEffects: true, namespace: "file", suffix: "", pluginData: undefined });
  expect(found.made).toMatchObject({ path: "x", namespace: "n", sideEffects: false, pluginData: { pluginData: { from: "made" }, resolveDir: "/app", kind: "import-statement" } });
  expect(found.made.warnings[0]).toMatchObject({ text: "so so", pluginName: "test" });
  expect(found.bad.errors[0]).toMatchObject({ text: "not this", pluginName: "test" });
  expect(found["node:fs"]).toMatchObject({ path: "node:fs", external: true, errors: [] });
  expect(found.external).toMatchObject({ path: "external", external: true });
  expect(found["./nope"]).toMatchObject({ path: "", errors: [{ text: 'Could not resolve: "./nope"' }] });
});

test("build.resolve says how it is to be called", async () => {
  const messages: string[] = [];
  const failing = (promise: Promise<unknown>) => promise.catch((error) => void messages.push(error.message));
  const { output } = await build({ "main.ts": "" }, (build) => {
    failing(build.resolve("x", { kind: "import-statement" }));
    build.onStart(async () => {
      await failing(build.resolve("x"));
      await failing(build.resolve("x", { kind: "what" }));
      await failing(build.resolve(1, { kind: "import-statement" }));
      expect((await build.resolve("/app/main.ts", { kind: "entry-point" })).path).toBe("/app/main.ts");
    });
  });
  expect(output.success).toBe(true);
  expect(messages).toEqual([
    'Cannot call "resolve" before plugin setup has completed',
    'Must specify "kind" when calling "resolve"',
    'Invalid kind: "what"',
    "The path to resolve must be a string",
  ]);
});

test("a callback that asks itself is an error, and one that marks its questions is not", async () => {
  for (const waits of [false, true]) {
    const { output, messages } = await build({ "main.ts": "import './a'", "a.ts": "" }, (build) => {
      build.onResolve({ filter: /^\.\/a$/ }, async (args: any) => {
        if (waits) await undefined;
        const { path } = await build.resolve(args.path, args);
        return { path };
      });
    });
    expect(output.success).toBe(false);
    expect(messages[0]).toStartWith('build.resolve("./a") does not end');
    expect((output.logs[0] as any).cause.code).toBe("ERR_BUILD_RESOLVE_ENDLESS");
  }
  const { output } = await build({ "main.ts": "import './a'", "a.ts": "" }, (build) => {
    build.onResolve({ filter: /^\.\/a$/ }, async ({ path, pluginData, ...rest }: any) => {
      return pluginData === "mine" ? undefined : build.resolve(path, { ...rest, pluginData: "mine" });
    });
  });
  expect(output.logs).toEqual([]);
});
