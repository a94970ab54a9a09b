import { odd } from "./odd.ts";
console.log("even evaluated");
export function even(n: number): boolean { return n === 0 || odd(n - 1); }
