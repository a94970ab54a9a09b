import value from "pkg";
console.log(value, require("pkg"));
