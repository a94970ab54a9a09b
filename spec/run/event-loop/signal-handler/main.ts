const keep = setInterval(() => {}, 1000);
process.on("SIGUSR2", (name, number) => console.log("got", name, number));
process.once("SIGTERM", () => { console.log("closing"); clearInterval(keep); });
console.log("ready");
