module.exports = "a script";
