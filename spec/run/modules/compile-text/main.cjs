// Text compiled as a CommonJS module of a file that does not exist: all that a file may use.
const Module = require("node:module");
const path = require("node:path");

function compile(name, text) {
  const file = path.join(__dirname, "nowhere", name);
  const module = new Module(file);
  module.filename = file;
  module.paths = Module._nodeModulePaths(__dirname);
  const result = module._compile(text, file);
  return { exports: module.exports, result };
}
(async () => {
  const { exports, result } = compile("text.js", `
    exports.imported = import("../lib.mjs");
    exports.missing = import("./lib.mjs").catch((error) => error.code);
    exports.required = require("../lib.cjs");
    exports.names = [__filename, __dirname].map((name) => require("path").basename(name));
    exports.isSame = [this === exports, module.exports === exports];
    return "returned";`);
  console.log(JSON.stringify([(await exports.imported).default, await exports.missing, exports.required, exports.names, exports.isSame, result]));
  const later = compile("later.js", "module.exports = (name) => import(name)").exports;
  console.log((await later("../lib.mjs")) === (await exports.imported), (await later("node:path")).sep);
})();
