import def, { args, late } from "./macros.ts" with { type: "macro" };
import * as all from "./macros.ts" assert { type: "macro" };
import { count } from "./macros.ts";

const local = args(1, "two", [true, null, undefined], { a: -1, "b-c": `d` })
args()
console.log(JSON.stringify(local), def(), all.args(args("nested")).length);
console.log(late().when, late?.());
function shadowed(args: (...all: unknown[]) => unknown) {
  return args(local);
}
console.log(shadowed(() => "shadowed"));
// The module of the macros is another one than that of the program would be, or has been loaded before it.
console.log(typeof count);
console.log((await import("./later.ts")).text);
