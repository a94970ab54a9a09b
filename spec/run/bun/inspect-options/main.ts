console.log(Bun.inspect({ a: { b: { c: {} } } }, { depth: 1 }), Bun.inspect("text"), Bun.inspect([1, "a"], { colors: true }), Bun.inspect({ b: 1, a: 2 }, { sorted: true }), Bun.inspect({ a: [1, 2] }, { compact: true }));
console.log(Bun.inspect.table([{ a: 1 }]));
