export const untyped = 1;
