const p = (...a: any[]) => console.log(...a);
function d(l: string) { p("eval", l); return function (t: any, k?: any, x?: any) { p("apply", l, typeof t === "function" ? "ctor" : "proto", String(k), typeof x === "number" ? x : x === undefined ? "undef" : x === null ? "null" : Object.keys(x).join(), arguments.length) } as any }
const key = (k) => (p("key", k), k);
@d("c1") @d("c2")
class A { @d("f") f = p("field"); @d("sf") static sf = p("sfield"); @d("m1") @d("m2") m(@d("p0") a, @d("p1a") @d("p1b") b?) { return 1 } @d("sm") static sm(@d("sp") x) {} @d("g") get g() { return 1 } set g(v) {} @d("ck") [key("comp")]() {} @d("cf") [key("compf")] = 1; @d("nov") nov; constructor(@d("cp0") public a: number, @d("cp1") private b?) { p("ctor") } static { p("static block") } @d("priv") private pr: string; @d("decl") declare decl: number; @d("str") "s t" = 1; @d("num") 5() {} }
p(new A(1));
function rep(t) { return class extends t { extra = 1 } as any }
@rep class B { static self() { return B } static me = B; m() { return B } } 
p(B.self() === B, B.me === B, new B().m() === B, (new B() as any).extra, B.name);
function getter(t, k) { Object.defineProperty(t, k, { get() { return "intercepted" }, set(v) { p("set", v) }, configurable: true }) }
class C { @getter x = 1; @getter y; z = 2 }
const c = new C(); p(c.x, c.y, Object.keys(c));
function wrapM(t, k, desc) { const o = desc.value; return { ...desc, value(...a) { return "w" + o.apply(this, a) } } }
class D { @wrapM m(a) { return a } @wrapM static s(a) { return a } @((t, k, x) => { x.enumerable = true }) e() {} }
p(new D().m(1), D.s(2), Object.keys(D.prototype));
export default @rep class { x = 1 }
@rep export class E { }
p((new E() as any).extra, E.name);
@rep @d("unused") abstract class G<T> extends A { constructor(@d("gp") private z = 1) { super(1) } }
const F = (() => { @rep class F { static q = F } return F })(); p(F.q === F);
