// A module whose namespace object the corpus prints.
export const one = 1;
export function f() {}
export let s = "str";
export default class D {}
