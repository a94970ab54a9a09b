import lib = require("./lib.cjs");
import path = require("node:path");
console.log(lib.value, path.basename("/a/b.txt"));
export = { exported: true };
