import * as self from "./main.ts";
import { b } from "./other.ts";
export const a = 1;
console.log(a, b, self);
