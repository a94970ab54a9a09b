import { value } from "./lib.ts";
console.log(value);
// The supervisor learns of loaded files from a pipe: a change in the same instant could come before.
setTimeout(() => console.log("watched"), 400);
setInterval(() => {}, 1000);
