import { show } from "./reader";
export const enum E { A = 42, B = A * 2, Name = "name" }
export enum Plain { A = 43 }
show("late");
