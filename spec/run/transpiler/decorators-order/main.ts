const p = (...a) => console.log(...a);
const show = (v) => typeof v === "function" ? "fn:" + v.name : typeof v === "object" && v ? "{" + Object.keys(v) + "}" : String(v);
function d(label: string) { p("eval", label); return function (value: any, ctx: any) {
  p("apply", label, show(value), ctx.kind, String(ctx.name), ctx.static, ctx.private, ctx.access ? Object.keys(ctx.access).join() : "-", typeof ctx.metadata, this === undefined);
  ctx.addInitializer(function (this: any) { p("init", label, typeof this, ctx.kind === "class" || ctx.static ? this?.name : "") });
} }
const key = (k: string) => (p("key", k), k);
class Base { constructor() { p("base ctor") } }
@d("class1") @d("class2")
class A extends (p("heritage"), Base) {
  @d("m1") @d("m2") method(a: number) { return a + 1 }
  @d("sm") static smethod() { return "s" }
  @d("f") field = p("field init");
  @d("sf") static sfield = (p("sfield init"), 3);
  @d("g") get g() { return 1 }
  @d("s") set g(v) { p("set", v) }
  @d("acc") accessor acc = (p("acc init"), 5);
  @d("sacc") static accessor sacc = 6;
  @d("ckey") [key("computed")]() { return "c" }
  @d("cfield") [key("cf")] = 1;
  @d("cacc") accessor [key("ca")] = 2;
  @d("pm") #pm() { return "pm" }
  @d("pf") #pf = 7;
  @d("pg") get #pg() { return 8 }
  @d("ps") set #pg(v) { p("pset", v) }
  @d("pacc") accessor #pacc = 9;
  @d("spm") static #spm() { return "spm" }
  @d("spf") static #spf = 10;
  @d("spa") static accessor #spa = 11;
  @d("nov") nov;
  @d("str") "str lit" = 1;
  @d("num") 12() {}
  plain = p("plain init");
  static { p("static block") }
  constructor() { super(); p("ctor") }
  all() { this.#pg = 1; this.#pacc = 10; return [this.#pm(), this.#pf, this.#pg, this.#pacc, A.#spm(), A.#spf, A.#spa, this.acc, this.method(1), #pm in this] }
}
const a = new A();
for (const list of [a.all(), Object.getOwnPropertyNames(a), Object.getOwnPropertyNames(A), Object.getOwnPropertyNames(A.prototype)]) p(list.join());
export {};
