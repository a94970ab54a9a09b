console.log("quick starts");
await null;
console.log("quick ends");
