import { b } from "./b.ts";
console.log("a before", b);
export const a = await Promise.resolve("A");
console.log("a after");
