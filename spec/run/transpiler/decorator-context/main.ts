export {};
const p = (...a) => console.log(...a);
const d = (v, c) => { p(Object.keys(c).join(), c.access ? Object.keys(c.access).join() : "", Object.getPrototypeOf(c) === Object.prototype, Object.getOwnPropertyDescriptor(c, "kind")); };
@d class A { @d m() {} @d f = 1; @d accessor a = 1; }
const K: any = (Symbol as any).metadata ?? Symbol.for("Symbol.metadata"); p(Object.getOwnPropertyDescriptor(A, K));
p(Object.getOwnPropertySymbols(A).length, Reflect.ownKeys(A).map(String).join());
const order = []; const o = (n) => (v, c) => { c.addInitializer(() => order.push("i" + n)); return c.kind === "field" ? (x) => (order.push("f" + n), x) : undefined };
class B { @o(1) @o(2) x = 0; @o(3) @o(4) m() {} @o(5) static s = 1; @o(6) static sm() {} }
new B(); p(order.join());
class C { @((v, c) => { p(v === undefined, c.name) }) static accessor; @((v, c) => { p(typeof v, c.name) }) static async *get() {} @((v, c) => p(c.kind)) get; @((v, c) => p(c.kind)) static }
try { class D { @((v, c) => { throw new Error("in decorator") }) m() {} } } catch (e) { p(e.message) }
const sym = Symbol("s"); class E { @((v, c) => p(c.name === sym, v.name)) [sym]() {} @((v, c) => p(c.name)) [`t${1}`] = 1; @((v, c) => p(c.name)) 0x10() {} @((v, c) => p(c.name)) "a b"; @((v, c) => p(c.name, v?.name)) get ["x" + 1]() { return 1 } }
class F { static #c = 0; @((v, c) => (function (this: any, ...a) { F.#c++; return v.call(this, ...a) }) as any) m(a = 1) { return a + F.#c } static n() { return F.#c } } p(new F().m(), F.n(), new F().m.length);
class G { @((v, c) => ({ init: (x) => x * 2, get() { return v.get.call(this) + 1 } })) accessor #v = 5; r() { this.#v = 7; return this.#v } v0() { return this.#v } } p(new G().v0(), new G().r());
class H { a = "a"; @((v, c) => function (this: any, x) { return this.a + x }) b = "b"; @((v, c) => { c.addInitializer(function () { p(Object.keys(this).join()) }) }) c = 1; d = 2 } p(new H().b);
