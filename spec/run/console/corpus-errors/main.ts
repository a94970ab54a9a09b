// Errors: source excerpt, stack, cause, AggregateError, extra own properties, subclasses, nested in other values.
function make(): Error {
  const made = new Error("made here");
  return made;
}
console.log(make());
console.log([make()]);
console.log({ e: make() });
console.log("prefix", make(), "suffix");
class MyError extends Error { code = "E_MY"; detail = { a: 1 }; }
console.log(new MyError("custom"));
class Named extends Error { override name = "NamedError"; }
console.log(new Named("named"));
console.log(new TypeError("type"), new RangeError(""));
console.log(new Error());
console.log(new Error("with cause", { cause: new TypeError("the cause") }));
console.log(new Error("with plain cause", { cause: { a: 1 } }));
console.log(new Error("string cause", { cause: "why" }));
console.log(new AggregateError([new Error("one"), new TypeError("two")], "several"));
console.log(new AggregateError([1, "two"], "plain"));
console.log(Object.assign(new Error("extra"), { code: "E_CODE", errno: -2, nested: { x: [1] } }));
console.log(new Error("multi\nline message"));
const noStack = new Error("no stack"); delete noStack.stack; console.log(noStack);
const strStack = new Error("str stack"); strStack.stack = "custom stack"; console.log(strStack);
const emptyStack = new Error("empty stack"); emptyStack.stack = ""; console.log(emptyStack);
const renamed = new Error("renamed"); renamed.name = "Renamed"; console.log(renamed);
const changed = new Error("before"); changed.message = "after"; console.log(changed);
const nonString = new Error("x"); (nonString as any).message = 5; console.log(nonString);
try { null!.foo; } catch (e) { console.log(e); }
try { (undefined as any)(); } catch (e) { console.log(e); }
try { JSON.parse("{bad"); } catch (e) { console.log(e); }
const circular: any = new Error("circular"); circular.self = circular; console.log(circular);
const causeLoop: any = new Error("loop"); causeLoop.cause = causeLoop; console.log(causeLoop);
console.log(new DOMException("dom", "AbortError"));
console.log({ a: { b: { c: { d: make() } } } });
console.log(new Map([["err", make()]]), new Set([make()]));
console.log(Object.create(Error.prototype), Error.prototype);
console.log({ message: "like", stack: "an error" });
console.log(Bun.inspect(make()));
function a() { const r = b(); return r; } function b() { const r = c(); return r; } function c() { const made = new Error("deep stack"); return made; }
console.log(a());
class K { m() { const e = new Error("in method"); return e; } static s() { const e = new Error("in static"); return e; } get g() { const e = new Error("in getter"); return e; } constructor() { (this as any).e = new Error("in ctor"); } }
console.log(new K().m()); console.log(K.s()); console.log(new K().g);
console.log((new K() as any).e);
async function as() { await 1; const e = new Error("async"); return e; } console.log(await as());
console.log([1].map(() => { const e = new Error("in map"); return e; })[0]);
console.log((() => { const e = new Error("arrow"); return e; })());
console.log("%s", make()); console.log("%o", make()); console.log("%O", make());
console.log(new Error("x".repeat(300)).message.length);
