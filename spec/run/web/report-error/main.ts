// An error of a listener, of a microtask or of reportError is printed at once, and the process ends after the turn.
process.on("exit", (code) => console.log("exit", code));
const target = new EventTarget();
target.addEventListener("x", () => {
  throw new Error("one");
});
target.addEventListener("x", () => console.log("the next listener"));
target.dispatchEvent(new Event("x"));
queueMicrotask(() => {
  throw new Error("two");
});
queueMicrotask(() => console.log("the next microtask"));
reportError(new Error("three"));
console.log("the rest of the turn");
setTimeout(() => console.log("never"), 0);
