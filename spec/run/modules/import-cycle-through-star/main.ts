import * as self from "./main.ts";
import { value, again } from "./other.ts";
export const own = 1;
export * from "./other.ts";
console.log(Object.keys(self).join(), self.own, value, again());
