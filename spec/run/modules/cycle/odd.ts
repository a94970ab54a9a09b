import { even } from "./even.ts";
console.log("odd evaluated");
export function odd(n: number): boolean { return n !== 0 && even(n - 1); }
