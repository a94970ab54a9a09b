import { early, hoisted } from "./b.ts";
export const value = 1;
export class Late {}
export function hoist() { return "hoisted"; }
export const readEarly = early;
export const readHoisted = hoisted;
