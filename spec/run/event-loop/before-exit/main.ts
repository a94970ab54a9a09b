let rounds = 0;
process.on("beforeExit", (code) => {
  console.log("beforeExit", code, rounds);
  if (rounds++ < 1) setTimeout(() => console.log("more work"), 1);
});
process.on("exit", (code) => {
  console.log("exit", code);
  setTimeout(() => console.log("never printed"), 0);
  process.exitCode = 3;
});
console.log("main");
