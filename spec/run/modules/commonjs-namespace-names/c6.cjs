module.exports = function f(){}; module.exports.a = 1; module.exports.default = 5;
