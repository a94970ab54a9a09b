console.log("%o and %O and %j", { a: 1 }, { b: { c: 2 } }, { d: [1] });
console.log("%s %s %s", { a: 1 }, [1, 2], null);
