const { createRequire, builtinModules, isBuiltin } = require("node:module");
console.log(builtinModules.includes("fs"), isBuiltin("node:path"), isBuiltin("nothing"));
const local = createRequire(__dirname + "/sub/file.js");
console.log(local("./data.json").x, local.resolve("./data.json").endsWith("sub/data.json"));
console.log(require.resolve("dep", { paths: [__dirname + "/other"] }).endsWith("other/node_modules/dep/index.js"));
console.log(require("fs") === require("node:fs"), require.resolve("fs"));
