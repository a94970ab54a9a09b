module.exports = () => 1; module.exports.part = 3;
