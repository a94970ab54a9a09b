import greeting from "greeting:world";
import text from "./words.upper";
import { twice } from "./twice";

console.log(greeting, text, twice);
console.log((await import("greeting:again")).default);
console.log(require("greeting:required").default, require("marks"));
export {};
