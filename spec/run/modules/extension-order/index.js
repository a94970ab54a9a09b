exports.from = "js";
