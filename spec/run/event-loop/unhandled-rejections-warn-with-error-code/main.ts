Promise.reject(new Error("a warning and a code"));
setTimeout(() => console.log("still running"), 5);
