const Module = require("node:module");
require.extensions[".foo"] = (module, file) => module._compile("module.exports = 'foo of ' + __filename.slice(-5)", file);
console.log(require("./x.foo"), require("./x"));
const javascript = require.extensions[".js"];
require.extensions[".js"] = function (module, file) { console.log("hook", file.slice(-8)); return javascript(module, file); };
console.log(require("./plain.js"));
const resolve = Module._resolveFilename;
Module._resolveFilename = function (specifier, ...rest) { return resolve.call(this, specifier === "alias" ? "./plain.js" : specifier, ...rest); };
console.log(require("alias"), require.resolve("alias").slice(-8));
