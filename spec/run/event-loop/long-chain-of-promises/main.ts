let chain = Promise.resolve(0);
for (let i = 0; i < 100_000; i++) chain = chain.then((n) => n + 1);
setImmediate(() => console.log("immediate"));
console.log(await chain);
