import "./leaf.ts";
console.log("never printed");
