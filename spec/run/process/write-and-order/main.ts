process.stdout.write("no newline");
process.stdout.write(" then one\n");
console.log("console");
process.stdout.write(new Uint8Array([98, 121, 116, 101, 115, 10]));
process.stdout.write("callback\n", () => process.stdout.write("called\n"));
process.on("exit", () => process.stdout.write("from exit\n"));
