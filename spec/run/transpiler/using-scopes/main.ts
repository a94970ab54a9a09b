const log: any[] = []; const p = (...a) => console.log(...a);
const r = (n, t?) => ({ n, [Symbol.dispose]() { p("d", n); if (t) throw new Error("disp " + n) } });
const ar = (n, t?) => ({ n, async [Symbol.asyncDispose]() { p("ad1", n); await 0; p("ad2", n); if (t) throw new Error("disp " + n) } });
{ using a = r("a"), b = null, c = r("c"); p("body", a.n, b, hoisted()); function hoisted() { return "hoisted" } }
function f() { p(g()); using x = r("f"); return (p("ret"), x.n); function g() { return "g" } }
p(f());
for (using i of [r(1), r(2), null]) { if (i?.n == 2) continue; p("loop", i?.n); let x = i; }
outer: for (using i of [r(5)]) for (using j of [r(6), r(7)]) { if (j.n == 6) continue; break outer }
lab: for (using i = r("for"), k = r("k"); ; ) { for (;;) { p("in", i.n); break lab } }
try { using a = r("x", 1), b = r("y", 1); throw new Error("body") } catch (e) { p(e.name, e.message, e.error.message, e.suppressed.name, e.suppressed.error.message, e.suppressed.suppressed.message) }
try { using a = r("x", 1) } catch (e) { p(e.message) }
for (const bad of [1, "s", {}, { [Symbol.dispose]: 1 }, Symbol()]) try { using a = bad as any } catch (e) { p(e.name) }
for (const bad of [1, "s", {}, { [Symbol.asyncDispose]: 1 }]) try { await using a = bad as any } catch (e) { p(e.name) }
class C { static { using q = r("static"); p("st") } }
const ff = () => { using z = r("arrow"); return z.n }; p(ff());
async function h() { await using x = ar("ax"), n = null; using y = r("sy"); await using z = r("sync in async"); p("h"); return 1 }
p(await h());
for await (await using q of [ar("q1"), ar("q2")]) p("fa", q.n);
for (await using q of [ar("q3"), null]) p("fo", q?.n);
for (await using q = ar("q4"); ;) { break }
try { await using a = ar("e1", 1), b = r("e2", 1); throw 1 } catch (e) { p(e.error.message, e.suppressed.error.message, e.suppressed.suppressed) }
async function order() { { await using n = null; p("o1") } p("o3") }
Promise.resolve().then(() => p("o2")); await order();
function* gen() { using g = r("gen"); yield 1; yield 2 } for (const v of gen()) { p(v); break }
export function late() { return top.n } export let mut = 1; export const k = 5; export class Kls {} ; mut++;
if (true) { using only = r("only") }
namespace NS { using inNs = r("ns"); export const v = inNs.n }
p(NS.v);

await using top = ar("top"); using top2 = r("top2");
export { top };
p(late()); p("end");
