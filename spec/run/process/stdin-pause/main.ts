// paused stdin must not keep the process
process.stdin.once("data", (d) => { console.log("got", d.toString().trim()); process.stdin.pause(); });
process.stdin.on("end", () => console.log("end"));
