import defer * as lazy from "./lazy.mjs";
console.log("main starts");
console.log(lazy.value);
console.log(lazy.value);
