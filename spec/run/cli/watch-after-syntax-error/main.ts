console.log("start");
try {
  const { value } = await import("./lib.ts");
  console.log(value);
  setInterval(() => {}, 1000);
} catch (error) {
  // The program ends; the supervisor waits for the file that stopped it.
  console.log("refused", (error as Error).name);
  process.exitCode = 1;
}
