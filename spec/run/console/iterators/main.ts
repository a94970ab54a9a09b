console.log(new Map([[1, 2]]).entries(), new Set([1]).values());
console.log((function* () { yield 1; })(), (async function* () {})());
console.log(new (class extends Map { extra = 1 })([[1, 2]]), new (class List extends Array {})(1, 2, 3));
console.log(new URL("http://user@host:8080/path?q=1#h"), new URLSearchParams("a=1&b=2"), new Headers({ a: "b" }));
