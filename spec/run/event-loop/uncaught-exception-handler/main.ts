process.on("uncaughtException", (error, origin) => console.log("caught", error.message, origin));
setTimeout(() => { throw new Error("in timer"); }, 1);
setTimeout(() => console.log("still running"), 20);
setTimeout(() => queueMicrotask(() => { throw new Error("in microtask"); }), 3);
setTimeout(() => process.nextTick(() => { throw new Error("in tick"); }), 5);
