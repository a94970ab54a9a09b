const p = (...a) => console.log(...a);
const S: any = Symbol.metadata ?? Symbol.for("Symbol.metadata");
p(String(Symbol.metadata));
let acc: any = {};
const grab = (v, c) => { acc[String(c.name)] = c.access; if (c.metadata) c.metadata[String(c.name)] = c.kind };
class A { @grab x = 1; @grab #y = 2; @grab m() { return 3 } @grab get g() { return this.x } @grab set g(v) { this.x = v } @grab accessor acc = 5; @grab static s = 6; @grab #pm() { return 7 } @grab accessor #pa = 8 }
const a = new A();
for (const k in acc) p(k, Object.keys(acc[k]), acc[k].has?.(a), acc[k].has?.({}), acc[k].get && k !== "s" && typeof acc[k].get(a));
acc.x.set(a, 100); p(a.x, acc["#y"].get(a)); acc["#y"].set(a, 5); p(acc["#y"].get(a), acc.s.get(A));
p((A as any)[S]);
class B extends A { @grab z = 1 } p((B as any)[S], (B as any)[S] && Object.getPrototypeOf((B as any)[S]) === (A as any)[S]);
// replacement
const wrap = (v, c) => { if (c.kind === "method") return function (...a) { return "w(" + v.apply(this, a) + ")" };
 if (c.kind === "getter") return function () { return "g(" + v.call(this) + ")" };
 if (c.kind === "setter") return function (x) { v.call(this, x + "!") };
 if (c.kind === "field") return function (x) { return "f(" + x + "," + (this === undefined ? "u" : typeof this) + ")" };
 if (c.kind === "accessor") return { get() { return "ag(" + v.get.call(this) + ")" }, set(x) { v.set.call(this, x + "?") }, init(x) { return "ai(" + x + ")" } };
 if (c.kind === "class") return class extends v { extra = 1; static st = "replaced" } };
class C { @wrap m(a) { return a } @wrap static sm() { return this.name } @wrap get g() { return this._g } @wrap set g(x) { this._g = x } _g = "0"; @wrap @wrap f = "v"; @wrap static sf = "sv"; @wrap accessor acc = "a"; @wrap #pm(x) { return x } @wrap #pf = "pf"; @wrap accessor #pa = "pa"; @wrap get #pg() { return "pg" } @wrap static #spm() { return "spm" } @wrap nov; @wrap static accessor sacc = 1; @wrap async am() { return 1 } @wrap *gm() {}
 t() { this.g = "n"; this.acc = "new"; return [this.m(1), C.sm(), this.g, this.f, C.sf, this.acc, this.#pm(2), this.#pf, this.#pa, this.#pg, C.#spm(), this.nov, C.sacc] } }
p(new C().t());
@wrap class D { static me = D; static self() { return D } m() { return D } static n = this.name; static arrow = () => this === D }
p(D.name, new D().extra, D.st, D.self() === D, new D().m() === D, D.me === D, D.n, D.arrow());
const E = @wrap class { static q = 1 }; p(E.name, E.st);
const F = class { @wrap m() { return 1 } }; p(F.name, new F().m());
const G = @wrap class Named { static self() { return Named } }; p(G.name, G.self() === G);
function run(dec, body = "x") { try { return dec() } catch (e) { p(e.name) } }
run(() => { class X { @(() => 1 as any) m() {} } }); run(() => { class X { @(5 as any) m() {} } }); run(() => { class X { @((v, c) => { X = c }) m() {} } });
run(() => { let c; class X { @((v, cc) => { c = cc }) m() {} } c.addInitializer(() => {}) }); run(() => { class X { @((v, c) => { c.addInitializer(1) }) m() {} } });
run(() => { class X { @(() => ({ get: 1 }) as any) accessor x = 1 } }); run(() => { class X { @(() => 1 as any) x } }); run(() => { @(() => 1 as any) class X { } });
// accessor plain
class H { accessor x = 1; static accessor y = 2; accessor #z = 3; accessor "q r" = 4; accessor 5 = 5; accessor [("co" + "mp")] = 6; accessor none; z() { return this.#z++ + this.#z } accessor; static accessor; accessor
 m() {} get accessor2() { return 1 } }
const h = new H(); h.x++; H.y++; p(h.x, H.y, h.z(), h["q r"], h[5], h["comp"], h.none, Object.keys(h), Object.getOwnPropertyNames(H.prototype), Object.getOwnPropertyDescriptor(H.prototype, "x").get.name);
class I extends H {} ; try { p(I.y) } catch (e) { p(e.name) }
// member expr receivers
const o = { d(v, c) { p(this === o) }, e: { f(v, c) { p("f", this === o.e) }, g() { return (v, c) => p("g", this === undefined) } } };
class J { @o.d m() {} @o.e.f n = 1; @o.e.g() q; @(o.d) r }
export default @wrap class { static z = 1 }
@wrap export class K { }
p(K.name, K.st);
// initializer naming
class M { @((v, c) => { c.addInitializer(function () { this.bound = this.m.bind(this) }) }) m() { return this instanceof M } bound } p((0, new M().bound)?.());
const PP = Symbol("pp"); class N { @((v, c) => p(c.name === PP, v?.name)) [PP]() {} @((v, c) => p(c.name, v?.name)) #priv() {} }
const mk = (n) => class { @((v, c) => p("mk", n, c.name)) m() { return n } }; const m1 = mk(1), m2 = mk(2); p(new m1().m(), new m2().m());
