exports.from = "cjs";
