// Map, Set, weak collections, iterators, generators.
console.log(new Map(), new Map([[1, 2]]), new Map<any, any>([["a", 1], [{ k: 1 }, [1, 2]], [null, undefined]]));
console.log(new Set(), new Set([1]), new Set<any>(["a", { k: 1 }, [1, 2]]));
console.log({ m: new Map([["k", { a: 1 }]]), s: new Set(["v"]), em: new Map(), es: new Set() });
console.log([new Map([["k", 1]]), new Set(["v"])]);
console.log(new Map([["m", new Map([["n", new Map([["o", new Map([["p", 1]])]])]])]]));
console.log(new Set([new Set([new Set([new Set([new Set([1])])])])]));
console.log(new WeakMap(), new WeakSet(), new WeakRef({ a: 1 }), new FinalizationRegistry(() => {}));
console.log({ a: new WeakMap(), b: new WeakSet(), c: new WeakRef({}) });
console.log(new Map([[1, 2]]).entries(), new Map([[1, 2]]).keys(), new Map([[1, 2]]).values(), new Set([1]).values(), new Set([1]).entries(), new Map().entries());
console.log("abc"[Symbol.iterator]());
class MyMap extends Map {} class MySet extends Set {} console.log(new MyMap([[1, 2]]), new MySet([1]), new MyMap(), new MySet());
console.log(Object.assign(new Map([[1, 2]]), { extra: 1 }), Object.assign(new Set([1]), { extra: 1 }));
function* gen() { yield 1; } async function* agen() {} const g = gen(); console.log(g, agen(), { g });
const cm = new Map<any, any>(); cm.set("self", cm); console.log(cm);
const cs = new Set<any>(); cs.add(cs); console.log(cs);
console.log(new Map(Array.from({ length: 120 }, (_, i) => [i, i])));
console.log(new Set(Array.from({ length: 120 }, (_, i) => i)));
console.log(new Proxy({ a: 1 }, {}), new Proxy([1, 2], {}), new Proxy(function f() {}, {}), new Proxy(class A {}, {}), new Proxy(new Map([[1, 2]]), {}));
console.log({ p: new Proxy({ a: 1 }, { get() { return 42; } }) });
console.log(new Proxy({ a: 1 }, { ownKeys() { return ["x", "y"]; }, getOwnPropertyDescriptor() { return { value: 3, enumerable: true, configurable: true }; } }));
const rev = Proxy.revocable({}, {}); rev.revoke(); try { console.log(rev.proxy); } catch (e) { console.log("threw", (e as Error).message); }
console.log(new Proxy({}, { get() { throw new Error("trap"); }, ownKeys() { throw new Error("trap"); } }));
console.log(new Proxy(new Proxy({ a: 1 }, {}), {}));
console.log(new Map([[{ a: 1, b: 2 }, { c: 3 }]]));
console.log(new Map([["long key that is long", "v".repeat(100)]]));
console.log(new Map([[[1, 2], new Set([1])]]), new Set([new Map([[1, 2]])]));
