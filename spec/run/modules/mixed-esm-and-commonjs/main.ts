import { join } from "node:path";
const lib = require("./lib.ts");
console.log(lib.answer, join("a", "b"), typeof module, typeof exports, __dirname === import.meta.dir);
export {};
