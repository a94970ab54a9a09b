import { f } from "./macros.ts" with { type: "macro" };
export const value = f();
