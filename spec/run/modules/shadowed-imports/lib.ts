export const value = 7;
export function fn() { return "called"; }
