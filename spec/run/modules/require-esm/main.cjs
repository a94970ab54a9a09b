const ns = require("./module.mjs");
console.log(ns.named, ns.default, Object.prototype.toString.call(ns));
try { require("./waits.mjs"); } catch (error) { console.log(error instanceof Error); }
