console.log(typeof Bun.version, typeof Bun.revision, Bun.argv.slice(2), Bun.env === process.env, Bun.main === import.meta.path, Bun.cwd === undefined || typeof Bun.cwd, Bun.isMainThread);
console.log(Bun.which("sh")?.endsWith("/sh"), Bun.which("not-a-program-at-all"), typeof Bun.nanoseconds(), Bun.gc.length >= 0);
console.log(Bun.fileURLToPath("file:///a%20b"), String(Bun.pathToFileURL("/a b")), Bun.resolveSync("./main.ts", import.meta.dir) === import.meta.path, (await Bun.resolve("./main.ts", import.meta.dir)) === import.meta.path);
const start = performance.now(); await Bun.sleep(5); Bun.sleepSync(5); console.log(performance.now() - start >= 9);
try { Bun.resolveSync("./nothing", import.meta.dir); } catch (error: any) { console.log(error instanceof Error, error.code); }
