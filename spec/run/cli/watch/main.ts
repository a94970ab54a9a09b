import { value } from "./lib.ts";
console.log(value);
setInterval(() => {}, 1000);
