Promise.reject(42);
setTimeout(() => console.log("never printed"), 50);
