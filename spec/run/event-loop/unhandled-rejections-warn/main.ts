Promise.reject(new Error("only a warning"));
setTimeout(() => console.log("still running"), 5);
