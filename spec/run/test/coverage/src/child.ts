const [way] = process.argv.slice(2);

function leave(code: number): never {
  process.exit(code);
}
if (way === "exit") leave(3);
if (way === "throw") throw new Error("as asked");
console.log(`ended by ${way ?? "itself"}`);
