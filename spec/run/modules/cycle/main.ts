import { even } from "./even.ts";
console.log(even(10), even(7));
