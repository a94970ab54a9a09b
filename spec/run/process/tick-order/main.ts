process.on("exit", (code) => console.log("exit", code, process.exitCode));
let again = false;
process.on("beforeExit", (code) => {
  console.log("beforeExit", code);
  if (!again) setTimeout(() => console.log("again"), 1);
  again = true;
});
setTimeout(() => {
  console.log("timeout");
  process.nextTick(() => console.log("tick in timeout"));
  Promise.resolve().then(() => console.log("promise in timeout"));
  queueMicrotask(() => process.nextTick(() => console.log("tick in microtask")));
}, 0);
process.nextTick((...values: number[]) => {
  console.log("tick", ...values);
  process.nextTick(() => console.log("nested tick"));
  Promise.resolve().then(() => console.log("promise in tick"));
}, 1, 2);
try { (process as any).nextTick(1); } catch (error: any) { console.log(error.code); }
for (const wrong of ["x", 1.5, {}, true] as any[]) {
  try { process.exitCode = wrong; } catch (error: any) { console.log(error.name, error.code); }
}
process.exitCode = 4;
