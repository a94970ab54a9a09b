export const a = 2; export let b = 3; export function f(){ b++ }
