import whole, { one, two } from "./lib.cjs";
import * as ns from "./lib.cjs";
console.log(one, two, whole.one, ns.default === whole, ns.two);
import { createRequire } from "node:module";
console.log(createRequire(import.meta.url)("./lib.cjs") === whole);
