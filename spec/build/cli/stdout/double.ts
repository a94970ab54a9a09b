export const double = (n: number): number => n * 2;
export const unused = 1;
