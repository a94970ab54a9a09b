process.on("exit", (code) => console.log("exit", code));
setTimeout(() => console.log("never printed"), 50);
Promise.reject(new Error("nobody waits"));
console.log("main");
