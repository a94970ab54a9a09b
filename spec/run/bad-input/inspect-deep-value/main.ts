let value: any = {};
for (let i = 0; i < 100_000; i++) value = { value };
console.log("before");
console.log(Bun.inspect(value, { depth: 2 }));
