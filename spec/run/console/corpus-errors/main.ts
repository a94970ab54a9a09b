// Errors: source excerpt, stack, cause, AggregateError, extra own properties, subclasses, nested in other values.
let made = 0;
function make(): Error {
  const error = new Error("made here");
  made++;
  return error;
}
console.log(make());
console.log([make()]);
console.log({ e: make() });
console.log("prefix", make(), "suffix");
class MyError extends Error { code = "E_MY"; detail = { a: 1 }; }
const custom = Reflect.construct(MyError, ["custom"]); console.log(custom);
class Named extends Error { override name = "NamedError"; }
console.log(new TypeError("type"), new RangeError(""));
console.log(new Error());
console.log(new Error("with cause", { cause: new TypeError("the cause") }));
console.log(new Error("with plain cause", { cause: { a: 1 } }));
console.log(new Error("string cause", { cause: "why" }));
console.log(new AggregateError([new Error("one"), new TypeError("two")], "several"));
console.log(new AggregateError([1, "two"], "plain"));
console.log(Object.assign(new Error("extra"), { code: "E_CODE", errno: -2, nested: { x: [1] } }));
console.log(new Error("multi\nline message"));
const renamed = new Error("renamed"); renamed.name = "Renamed"; console.log(renamed);
const changed = new Error("before"); changed.message = "after"; console.log(changed);
const nonString = new Error("x"); (nonString as any).message = 5; console.log(nonString);
try { JSON.parse("{bad"); } catch (e) { console.log(e); }
const circular: any = new Error("circular"); circular.self = circular; console.log(circular);
const causeLoop: any = new Error("loop"); causeLoop.cause = causeLoop; console.log(causeLoop);
console.log({ a: { b: { c: { d: make() } } } });
console.log(new Map([["err", make()]]), new Set([make()]));
console.log(Object.create(Error.prototype), Error.prototype);
console.log({ message: "like", stack: "an error" });
console.log(Bun.inspect(make()));
function a() { const r = b(); made++; return r; } function b() { const r = c(); made++; return r; } function c() { const error = new Error("deep stack"); made++; return error; }
console.log(a());
class K { m() { const e = new Error("in method"); made++; return e; } static s() { const e = new Error("in static"); made++; return e; } get g() { const e = new Error("in getter"); made++; return e; } constructor() { (this as any).e = new Error("in ctor"); } }
console.log(new K().m()); console.log(K.s());
console.log("%s", make()); console.log("%o", make()); console.log("%O", make());
console.log(new Error("x".repeat(300)).message.length);
