process.once("SIGTERM", (signal, number) => { console.log(signal, number); process.exit(7); });
process.on("SIGINT", () => console.log("int"));
process.kill(process.pid, "SIGINT");
setTimeout(() => process.kill(process.pid), 20);
setInterval(() => {}, 1000);
