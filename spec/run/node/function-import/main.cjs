// Packages in CommonJS reach ES modules through functions made at run time.
const load = require("./sub/load.cjs");
(async () => {
  console.log((await load("./dep.mjs")).default);
  console.log(typeof (await load("node:path")).join);
  await load("./missing.mjs").catch((error) => console.log(error.code));
})();
console.log(new Function("a", "b", "return a + b")(1, 2), (() => {}).constructor === Function, Function.length, Function.name);
console.log((() => {}) instanceof Function, new Function("a", "return a").toString());
class Made extends Function {
  constructor() {
    super("return 5");
  }
}
console.log(new Made()(), new Made() instanceof Made);
