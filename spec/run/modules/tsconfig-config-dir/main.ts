import value from "@/value";
console.log(value);
