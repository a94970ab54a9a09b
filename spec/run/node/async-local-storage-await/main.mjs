// The store of AsyncLocalStorage after every kind of wait, in modules and in scripts.
import { AsyncLocalStorage } from "node:async_hooks";
const als = new AsyncLocalStorage(); const g = () => als.getStore();
const tick = (v) => new Promise((r) => setTimeout(r, 1, v));
const log = (...a) => console.log(...a.map((v) => (typeof v === "object" ? JSON.stringify(v) : v)));
async function* gen(n) { log("gen start", g()); await null; log("gen after await", g()); for (let i = 0; i < n; i++) { log("before yield", i, g()); yield i; log("after yield", i, g()); } }
await als.run("A", async () => {
  log("1", g()); await null; log("2", g()); await tick(); log("3", g());
  try { await Promise.reject(new Error("x")); } catch { log("catch", g()); } finally { log("finally", g()); }
  for await (const v of gen(2)) log("loop", v, g());
  log("after loop", g());
  for await (const v of [tick(1), 2]) log("sync it", v, g());
  await Promise.all([als.run("B", async () => { await tick(); log("B", g()); }), als.run("C", async () => { await null; log("C", g()); })]);
  log("4", g());
});
log("top", g());
const it = als.run("creator", () => gen(2));
await als.run("n1", () => it.next()); await als.run("n2", () => it.next());  await als.run("n3", () => it.next());
log("end", g());
async function enters() { als.enterWith("E1"); await null; log("in", g()); als.enterWith("E2"); await tick(); log("in2", g()); try { als.enterWith("E3"); throw 1; } catch { log("E3?", g()); } }
await als.run("R", async () => { await enters(); log("after enters", g()); });
const arrow = async (x) => [await x, g(), await tick(2), g()];
log(await als.run("arrow", arrow, 1));
class K { async m() { await null; return g(); } static async s() { return (await null, g()); } x = async () => { await null; return g(); } }
log(await als.run("cls", async () => [await new K().m(), await K.s(), await new K().x()]));
const th = { then(r) { log("thenable", g()); setTimeout(r, 1, "t"); } };
await als.run("th", async () => { log(await th, g()); });
label: for await (const a of [1, 2]) { for await (const b of [1, 2]) { if (b === 1) continue label; } }
if (true) for await (const q of [1]) log("q", q, g());
als.run("ev", () => setTimeout(async () => { await null; log("timer", g()); }, 1)); await tick(); await tick();
log("done", g());
const lib = (await import("./lib.cjs")).default;
await als.run("script", async () => {
  log(await lib.later(g), await lib.arrow(g), await lib.obj.m(g));
  for await (const v of lib.obj.gen(g)) log(v, g());
});
await Promise.all(Array.from({ length: 20 }, (_, i) => als.run(i, async () => {
  for (let n = 0; n < 5; n++) { await tick(); await null; if (g() !== i) log("lost", i, g()); }
})));
const { later } = await import("./imported.ts");
log(await als.run("imported", later, g), g());
