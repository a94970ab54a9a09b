process.on("uncaughtException", (error, origin) => { console.log("caught", error.message, origin); });
process.on("unhandledRejection", (reason: any, promise) => { console.log("rejected", reason.message, promise instanceof Promise); });
process.on("uncaughtExceptionMonitor", (error, origin) => console.log("monitor", error.message, origin));
process.nextTick(() => { throw new Error("from tick"); });
process.nextTick(() => console.log("tick after"));
Promise.reject(new Error("from promise"));
queueMicrotask(() => { throw new Error("from micro"); });
