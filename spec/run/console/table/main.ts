console.table([{ a: 1, b: "two" }, { a: 3, c: true }]);
console.table([[1, 2], [3, 4]]);
console.table({ x: { v: 1 }, y: { v: 2 } });
console.table([1, "two", null]);
console.table([{ a: 1, b: 2 }], ["b"]);
console.table("not a table");
console.table(new Map([["k", 1]]));
