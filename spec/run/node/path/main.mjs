import path, { join } from "node:path";
const { posix, win32 } = path;
console.log(Object.keys(path).sort().join());
console.log(join("a", "b"), path === (process.platform === "win32" ? win32 : posix));
process.chdir("/");
let seed = 99; const rnd = (n) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
const bits = ["a", "bc", ".", "..", "/", "//", "\\", "\\\\", "C:", "c:", "file.txt", ".rc", "a.b.c", "x.", "", "D:", "server", "share", "?", "...", "CON:", " "];
const gen = () => { let s = ""; const n = 1 + rnd(7); for (let i = 0; i < n; i++) s += bits[rnd(bits.length)]; return s; };
for (let i = 0; i < 45; i++) {
  const a = gen(), b = gen(), c = gen();
  for (const [n, p] of [["posix", posix], ["win32", win32]]) {
    const run = (label, f) => { let r; try { r = f(); } catch (e) { r = e.code + e.message; } console.log(n, label, JSON.stringify([a, b, c]), JSON.stringify(r)); };
    run("normalize", () => p.normalize(a)); run("join", () => p.join(a, b, c)); run("dirname", () => p.dirname(a)); run("basename", () => p.basename(a)); run("bs", () => p.basename(a, b));
    run("ext", () => p.extname(a)); run("parse", () => p.parse(a)); run("format", () => p.format(p.parse(a))); run("abs", () => p.isAbsolute(a)); run("rel", () => p.relative(a, b)); run("res", () => p.resolve(a, b)); run("ns", () => p.toNamespacedPath(a));
  }
}
for (const v of [1, undefined, null, {}, Symbol("x"), 10n, true, () => {}, function f() {}, class A {}, new Map(), Object.create(null)]) for (const f of ["normalize", "dirname", "basename", "join", "resolve", "isAbsolute", "parse", "format"]) try { console.log(path[f](v)); } catch (e) { console.log(e.name, e.code, e.message, e.toString()); }
