import { both } from "./index.ts";
console.log(both);
