process.on("unhandledRejection", (reason: any, promise) => console.log("unhandled", reason.message, promise === rejected));
process.on("rejectionHandled", (promise) => console.log("handled later", promise === rejected));
const rejected = Promise.reject(new Error("late"));
Promise.reject(new Error("in time")).catch(() => console.log("caught in time"));
setTimeout(() => rejected.catch(() => console.log("caught late")), 5);
