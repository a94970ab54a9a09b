import { createRequire } from "node:module";
import lib from "./cjs/lib.js";
console.log(typeof require, import.meta.url.startsWith("file:"), lib, createRequire(import.meta.url)("./cjs/lib.js"));
