process.on("warning", (warning) => console.log(warning.name, warning.message.split(/[\n.]/)[0]));
Promise.reject(new Error("only a warning"));
Promise.reject({ not: "an error" });
setTimeout(() => console.log("still running"), 5);
