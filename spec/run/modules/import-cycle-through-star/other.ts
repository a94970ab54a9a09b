import { own } from "./main.ts";
export const value = "other";
export function again() { return own; }
