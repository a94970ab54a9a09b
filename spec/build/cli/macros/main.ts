import { version, greet } from "./macros.ts" with { type: "macro" };
import { debug } from "./debug.ts";

if (version().major < 2) debug();
export const text = greet("you", { loud: true });
console.log(version(), text);
