// Bun.inspect and its options, custom inspection and console format specifiers.
const nested = { a: { b: { c: { d: { e: 1 } } } }, z: 1, y: [1, 2, [3, [4, [5]]]] };
for (const options of [undefined, {}, { depth: 0 }, { depth: 1 }, { depth: 2 }, { depth: Infinity }, { depth: null }, { colors: true }, { sorted: true }, { compact: true }, { compact: false }, { compact: true, colors: true }, { depth: -1 }]) {
  try { console.log(JSON.stringify(options) + "\n" + Bun.inspect(nested, options as any)); } catch (e) { console.log("threw", (e as Error).message); }
}
console.log(Bun.inspect("str"), Bun.inspect("it's"), Bun.inspect(1), Bun.inspect(null), Bun.inspect(undefined), Bun.inspect(Symbol("s")), Bun.inspect(1n), Bun.inspect(() => {}), Bun.inspect([]), Bun.inspect({}));
console.log((Bun.inspect as any)());
console.log(Bun.inspect("a", "b" as any), Bun.inspect({ a: 1 }, true as any), Bun.inspect({ a: { b: 1 } }, 0 as any));
const c = { colors: true };
for (const v of ["s", 1, -0, 1n, true, null, undefined, Symbol("s"), () => {}, function f() {}, class A {}, class B extends Map {}, [1, "a", null, undefined, , true], { a: 1, "b c": "x", [Symbol("k")]: 2, get g() { return 1; }, set s(v) {} }, new Map([["a", 1]]), new Set([1]), new Date(0), /x/g, new Uint8Array([1, 2]), new ArrayBuffer(2), new WeakMap(), new (class Foo { x = 1; })(), new (class Empty {})(), Object.create(null), new String("x"), new Number(1), new Boolean(false), new Proxy({ a: 1 }, {}), new Array(3), new URL("http://a/b"), (function* g() {})(), { a: { b: { c: { d: 1 } } } }, NaN, Infinity, [], {}, [[]], "it's", new Date(NaN), { f() {}, c: class {}, g: async () => {} }, Object.assign([1], { x: 1 }), { [Symbol.toStringTag]: "T" }]) {
  console.log(JSON.stringify(Bun.inspect(v, c)));
}
const circ: any = {}; circ.me = circ; console.log(JSON.stringify(Bun.inspect(circ, c)), Bun.inspect(circ));
const custom = Symbol.for("nodejs.util.inspect.custom");
console.log(Bun.inspect.custom === custom, Bun.inspect.custom);
console.log({ [custom]() { return "custom string"; } }, [{ [custom]() { return "custom string"; } }], { [custom]() { return { obj: 1 }; } }, { [custom](depth: any, options: any, inspect: any) { return [depth, Object.keys(options), typeof inspect, typeof options.stylize]; } });
console.log({ n: { [custom](depth: any, options: any) { return [depth, options.depth]; } } });
console.log({ n: { [custom](depth: any, options: any, inspect: any) { return inspect({ x: { y: 1 } }, options); } } });
console.log({ n: { [custom](depth: any, options: any, inspect: any) { return "line1\nline2"; } } });
console.log({ n: { [custom]: 5 } }, { [custom]: 5 });
try { console.log({ [custom]() { throw new Error("from custom"); } }); } catch (e) { console.log("threw", (e as Error).message); }
class Money { constructor(public v: number) {} [custom]() { return `Money<${this.v}>`; } } console.log(new Money(5), [new Money(1), new Money(2)], { m: new Money(3) }, new Map([["m", new Money(1)]]));
console.log(Bun.inspect({ b: 1, a: 2, c: { z: 1, y: 2 } }, { sorted: true }));
console.log("%s|%s|%s|%s|%s", "s", 1, { a: 1 }, null, undefined);
console.log("%s|%s|%s", 1n, () => {}, [1, "a"]);
console.log("%s %s %s", new Error("e").message, new Date(0), { toString() { return "ts"; } });
console.log("%d|%d|%d|%d", 1, "2", 1.5, "x");
console.log("%i|%i|%i|%i", 1.9, "2.9", "x", -1.9);
console.log("%f|%f|%f", 1.5, "2.5", "x");
console.log("%j|%j|%j", { a: 1 }, "s", [1]);
console.log("%o|%O", { a: 1, f() {} }, { a: { b: { c: { d: 1 } } } });
console.log("%c styled %c end", "color: red", "");
console.log("%% %s", "x"); console.log("%%"); console.log("100%", 5); console.log("%", 1); console.log("%x", 1); console.log("a%", "b");
console.log("%s"); console.log("%s %s", "one"); console.log("%s", "one", "two", { three: 3 }); console.log("%d", ""); console.log("%i", null); console.log("%d", undefined, {}, []);
console.log(1, "%s", "x"); console.log({ a: 1 }, "%s", "x");
console.log("%s", "multi\nline"); console.log("%s", ["a", { b: 1 }]); console.log("%s", new (class Foo { x = 1; })()); console.log("%d %i %f", new Date(5), {}, []);
console.log("%s", -0, "%d"); console.log("%d", -0); console.log("%i", -0); console.log("%f", -0); console.log("%s", 123456789); console.log("%d", 1e21); console.log("%i", 1e21); console.log("%i", 12345678901);
console.log("%j", () => {}); console.log("%j", undefined);
console.log("%o", [1, 2, 3]); console.log("%O", "str"); console.log("%o", "str"); console.log("%o", () => {}); console.log("%o", 5);
