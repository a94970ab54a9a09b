import "./slow.ts";
import "./quick.ts";
import "./plain.ts";
console.log("main");
