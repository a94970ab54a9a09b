setInterval(() => {}, 1000);
process.on("exit", () => console.log("never printed"));
console.log("ready");
