const log = (text) => console.log(text);
setTimeout(() => {
  log("timeout 1");
  process.nextTick(() => log("tick in timeout"));
  Promise.resolve().then(() => log("microtask in timeout"));
}, 0);
setTimeout(() => log("timeout 2"), 0);
setImmediate(() => {
  log("immediate 1");
  process.nextTick(() => log("tick in immediate"));
  setImmediate(() => log("immediate of the next turn"));
});
setImmediate(() => log("immediate 2"));
queueMicrotask(() => { log("microtask"); process.nextTick(() => log("tick of microtask")); });
Promise.resolve().then(() => log("then")).then(() => log("then then"));
process.nextTick(() => { log("tick 1"); process.nextTick(() => log("tick of tick")); });
process.nextTick((a, b) => log(`tick 2 ${a} ${b}`), "x", "y");
log("main");
