import { createRequire } from "node:module";
import value from "./lib.cts";
const require = createRequire(import.meta.url);
const size: number = require("./lib.cts").size;
console.log(value.kind as string, size);
