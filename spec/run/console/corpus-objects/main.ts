// Plain objects, class instances, accessors, null prototypes, symbols as keys, depth and circles.
console.log({ a: 1, b: "two", c: [3], d: { e: 5 } });
console.log({ "needs quotes": 1, valid_name: 2, $dollar: 3, 0: "zero", 10: "ten", "1a": 1, "a-b": 2, "": 3, "ünï": 4, "日本": 5, "a.b": 6, "it's": 7, 'q"q': 8, "new\nline": 9, "class": 10, "-1": 11, "1.5": 12 });
console.log({ [Symbol("key")]: 1, [Symbol.for("reg key")]: 2, [Symbol()]: 3, [Symbol.iterator]: 4 });
console.log({ [Symbol.toStringTag]: "Tagged" });
console.log({ [Symbol.toStringTag]: "Tagged", a: 1 });
class Foo { a = 1; #priv = 2; get g() { return 1; } static s = 1; m() {} }
class Bar extends Foo { b = 2; }
class Empty {}
class Tagged { get [Symbol.toStringTag]() { return "Tag"; } x = 1; }
class TaggedEmpty { get [Symbol.toStringTag]() { return "Tag"; } }
console.log(new Foo(), new Bar(), new Empty(), new Tagged(), new TaggedEmpty());
console.log([new Foo(), new Bar(), new Empty(), new Tagged()]);
console.log({ foo: new Foo(), bar: new Bar(), empty: new Empty() });
console.log(new (class {})(), new (class { x = 1; })());
console.log(Object.create(null));
console.log(Object.assign(Object.create(null), { a: 1, b: { c: 2 } }));
console.log({ n: Object.create(null), m: Object.assign(Object.create(null), { z: 1 }) });
console.log(Object.create({}), Object.create({ inherited: 1 }), Object.create(Object.create(null)), Object.create(Foo.prototype), Object.create(new Foo()));
console.log(Foo.prototype, Object.prototype, Array.prototype, Bar.prototype);
console.log({ get a() { return 1; }, set b(v) {}, get c() { return 1; }, set c(v) {}, get thrower() { throw new Error("no"); } });
console.log(Object.defineProperty({}, "hidden", { value: 1, enumerable: false }));
console.log(Object.defineProperty({ shown: 1 }, "hidden", { get() { return 1; }, enumerable: false }));
console.log({ f() {}, g: function () {}, h: () => {}, async i() {}, *j() {}, async *k() {}, l: class {}, m: class M {}, n: class N extends Foo {} });
const circular: any = { name: "c" };
circular.self = circular;
console.log(circular);
const inner: any = { deep: { circular } };
circular.inner = inner;
console.log(circular);
const arr: any[] = [1]; arr.push(arr); console.log(arr);
const shared = { s: 1 }; console.log({ x: shared, y: shared }, [shared, shared]);
console.log({ a: { b: { c: { d: { e: { f: 1 } } } } } });
console.log({ a: { b: { c: {} } } }, { a: { b: { c: [] } } }, { a: { b: { c: [1] } } }, { a: { b: { c: [{ d: 1 }] } } });
console.log([[[[[[1]]]]]]);
console.log([[[[[[]]]]]]);
console.log({ a: { b: { c: new Map([[1, 2]]), d: new Set([1]), e: new Foo(), f: () => {}, g: new Date(0), h: /x/, i: new Error("x").message } } });
console.log({ a: undefined, b: null });
console.log({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10, k: 11, l: 12, m: 13, n: 14, o: 15, p: 16, q: 17, r: 18, s: 19, t: 20, u: 21, v: 22, w: 23, x: 24, y: 25, z: 26, aa: 27, ab: 28, ac: 29 });
const many: any = {}; for (let i = 0; i < 150; i++) many["k" + i] = i; console.log(many);
console.log({ constructor: "own" }, { constructor: null }, { constructor: class X {} }, { constructor: { name: "Fake" } });
console.log({ toString() { return "custom"; } }, { valueOf() { return 1; } }, { toJSON() { return 1; } });
console.log({ __proto__: { a: 1 }, b: 2 }, { ["__proto__"]: 1 });
console.log(globalThis === undefined, typeof globalThis);
console.log(Object.freeze({ a: 1 }), Object.seal([1]), Object.preventExtensions({ x: 1 }));
console.log((function () { return arguments; })(), (function (...a: any[]) { return arguments; })(1, "2", {}));
function OldStyle(this: any) { this.x = 1; } console.log(new (OldStyle as any)());
function Derived(this: any) { this.y = 1; } Derived.prototype = Object.create(OldStyle.prototype); console.log(new (Derived as any)());
console.log(JSON.constructor === Object, Object.prototype.toString.call(Math));
console.log(new (class Foo2 { constructor() { Object.defineProperty(this, "name", { value: "n" }); } })());
console.log({ a: [{ b: 1, c: [{ d: 1 }] }] });
console.log({ a: { b: [[[]]] } });
console.log([{ a: 1, b: 2 }, { a: 3, b: 4 }]);
console.log([{ a: { b: { c: { d: 1 } } } }]);
