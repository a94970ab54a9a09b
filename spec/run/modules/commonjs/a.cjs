console.log("a evaluated, main:", require.main === module, module.parent === require.main);
exports.name = "a";
module.exports.value = arguments.length;
