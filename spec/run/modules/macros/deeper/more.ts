import { args } from "../macros.ts" with { type: "macro" };
export const more = args("deeper");
