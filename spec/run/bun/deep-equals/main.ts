const { deepEquals } = Bun;
console.log(deepEquals({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), deepEquals([1, undefined], [1]), deepEquals(new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])), deepEquals(new Set([1, 2]), new Set([2, 1])));
console.log(deepEquals(NaN, NaN), deepEquals(0, -0), deepEquals(new Date(1), new Date(1)), deepEquals(/a/g, /a/i), deepEquals(new Error("a"), new Error("a")));
console.log(deepEquals({ a: undefined }, {}), deepEquals({ a: undefined }, {}, true), deepEquals(new Uint8Array([1]), new Uint8Array([1])), deepEquals(Object(1), Object(1)));
const left: any = {}, right: any = {}; left.self = left; right.self = right; console.log(deepEquals(left, right));
class A { x = 1 } class B { x = 1 } console.log(deepEquals(new A(), new B()), deepEquals(new A(), new B(), true));
