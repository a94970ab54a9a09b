process.on("uncaughtException", (error) => console.log("uncaught", error.message));
process.on("unhandledRejection", (reason: any) => console.log("then unhandled", reason.message));
Promise.reject(new Error("strict"));
