import { args } from "./macros.ts" with { type: "macro" };
import { more } from "./deeper/more.ts";
export const text = [args("imported"), more];
