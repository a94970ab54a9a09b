import { helper } from "./helper";

export function sum(a: number, b: number) { return a + b; }
export const inferred = helper();
export class Point { x = compute(); get y() { return 1; } }
function compute() { return 1; }
export default [1, compute()];
