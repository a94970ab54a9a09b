import { fails, date, fine } from "./macros.ts" with { type: "macro" };

console.log("never printed", fine());
console.log(fails(1), date());
