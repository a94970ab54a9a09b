import value from "only-in-node-path";
console.log(value);
