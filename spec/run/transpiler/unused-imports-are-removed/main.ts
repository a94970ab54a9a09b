import { Unused } from "./types.ts";
import { used } from "./values.ts";
const x: Unused = 1;
console.log(used, x);
