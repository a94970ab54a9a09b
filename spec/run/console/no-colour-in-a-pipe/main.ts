console.log({ a: "text", n: 1 });
console.log(process.stdout.isTTY, process.stdin.isTTY);
