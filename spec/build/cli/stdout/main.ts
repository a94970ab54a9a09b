import { double } from "./double";
export const answer: number = double(globalThis.n);
