export type Something = 1;
