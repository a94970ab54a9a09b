// Functions, classes, dates, regular expressions and other built-in objects.
console.log(function f() {}, function () {}, () => {}, async function af() {}, async () => {}, function* gf() {}, async function* agf() {});
console.log(class A {}, class {}, class B extends Map {}, class C extends (class {}) {}, class D extends (null as any) {});
console.log([function f() {}, class A {}, class B extends Map {}]);
console.log(Object.assign(function f() {}, { prop: 1 }), Object.assign(() => {}, { a: 1, b: { c: 2 } }), class S { static x = 1; static m() {} });
console.log({ f: Object.assign(function f() {}, { prop: 1 }), c: class S { static x = 1; } });
console.log(Math.max, Array, Object, Function, Date, Symbol, parseInt, console.log, setTimeout, URL, Error, TypeError, Map, Uint8Array, Request, Response);
console.log((function f() {}).bind(null), class { static name = "x" as any; }, Object.defineProperty(() => {}, "name", { value: 5 }));
const fnNull = Object.setPrototypeOf(function nul() {}, null); console.log(fnNull);
class WithStaticName { static foo = "bar"; static baz = { x: 1 }; } console.log(WithStaticName, [WithStaticName]);
console.log(new Date(0), new Date(NaN), [new Date(0)], { d: new Date(1700000000000) }, Object.assign(new Date(0), { x: 1 }), new Date(-1e15));
class MyDate extends Date {} console.log(new MyDate(0));
console.log(/a/, /b+/gi, new RegExp("/"), [/x/], { r: /y/ }, Object.assign(/z/, { x: 1 }), new RegExp(""));
class MyRegExp extends RegExp {} console.log(new MyRegExp("a"));
console.log(new (class Foo { constructor() {} })().constructor);
console.log(Object.getOwnPropertyDescriptor({ get a() { return 1; } }, "a"), Object.getOwnPropertyDescriptors({ a: 1 }));
console.log(new (class extends Function {})(), new Function("a", "return a"));
console.log((() => {}).prototype, (function () {}).prototype, (class Q { m() {} }).prototype);
