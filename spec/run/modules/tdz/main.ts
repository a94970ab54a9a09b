import { readEarly, readHoisted } from "./a.ts";
console.log(readEarly, readHoisted);
