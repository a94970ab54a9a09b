process.on("exit", (code) => console.log("exit", code, process.exitCode));
process.on("beforeExit", () => console.log("never printed"));
setTimeout(() => console.log("never printed"), 50);
queueMicrotask(() => { console.log("microtask"); process.exit(7); });
