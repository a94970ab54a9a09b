interface Options { size: number }
const options: Options = { size: 3 };
exports.kind = "cts";
exports.size = options.size;
