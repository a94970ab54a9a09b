Promise.reject(new Error("silence"));
setTimeout(() => console.log("still running"), 5);
