export const { a, b: { c = 3 }, ...others } = { a: 1, b: {} as any, x: 2, y: 3 };
export let [first, , ...rest] = [1, 2, 3, 4];
export var counter = 0;
export function change() { counter += 1; rest = [9]; for (counter of [5, 6]); ({ counter } = { counter: counter + 1 }); counter++; }
export function later() { return typeof first; }
export class Point {}
var hidden = 1; export { hidden as shown };
