console.log(1, -0, 1.5, NaN, Infinity, 10n, "text", true, null, undefined, Symbol("s"), Symbol.iterator);
console.log([1, "two", null, undefined, [3, [4, [5, [6]]]]], [], [,1,,], new Array(3));
console.log({}, { a: 1, "b-c": "x", nested: { deep: { deeper: { deepest: { end: 1 } } } }, [Symbol("key")]: 2 });
console.log(new Map([["a", 1], [{ k: 1 }, [2]]] as any), new Set([1, "a", {}]), new WeakMap(), new WeakSet());
console.log(new Date(0), /re+/gi, () => {}, function named() {}, class Klass {}, class Sub extends Map {}, async () => {}, function* gen() {});
console.log(new Uint8Array([1, 2, 3]), new Float64Array(2), new ArrayBuffer(4), new DataView(new ArrayBuffer(2)));
console.log(globalThis === global, typeof globalThis, [new Date(NaN)]);
