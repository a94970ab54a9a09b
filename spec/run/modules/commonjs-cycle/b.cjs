const a = require("./a.cjs");
exports.seen = Object.keys(a).join() + " " + ("late" in a);
