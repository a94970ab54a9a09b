// Promises and their states, alone, nested, in colour and along a line.
const x = (n: number) => "x".repeat(n);
function sweep(label: string, make: (n: number) => unknown, depth = 8): void {
  let previous = "";
  for (let n = 0; n < 120; n++) {
    const shown = Bun.inspect(make(n), { depth }).replace(/x{2,}/g, "X").replace(/\n/g, "\\n");
    if (shown !== previous) console.log(label, n, shown);
    previous = shown;
  }
}
console.log(Promise.resolve(1), Promise.resolve({ a: 1 }), new Promise(() => {}));
const rejected = Promise.reject(new Error("r")); rejected.catch(() => {}); console.log([Promise.resolve()], { p: new Promise(() => {}) });
const rej2 = Promise.reject(5); rej2.catch(() => {}); console.log(rej2);
class MyPromise extends Promise<any> {} console.log(MyPromise.resolve(1));
sweep("prom", (n) => [x(n), Promise.resolve(1), 1]);
console.log(JSON.stringify(Bun.inspect(Promise.resolve(1), { colors: true })), Bun.inspect({ p: new Promise(() => {}) }, { compact: true }));
console.log(Bun.peek(Promise.resolve(3)), Bun.peek.status(new Promise(() => {})));
