exports.early = "early";
const b = require("./b.cjs");
exports.late = "late";
console.log("a sees", b.seen);
