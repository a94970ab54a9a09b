process.stdin.on("data", (chunk) => console.log(chunk.toString()));
process.stdin.on("end", () => console.log("end"));
