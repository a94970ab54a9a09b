process.exitCode = 42;
console.log(process.exitCode);
