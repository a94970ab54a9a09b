const a = require("./a.cjs");
const again = require("./a.cjs");
console.log(a === again, a.name, a.value);
console.log(require("./data.json").list.length, require("./folder").from);
console.log(__filename.endsWith("main.cjs"), __dirname === require("node:path").dirname(__filename));
console.log(module.id, module.exports === exports, this === exports, typeof require, module.children.length >= 2);
console.log(require.resolve("./a.cjs") === require("node:path").join(__dirname, "a.cjs"));
console.log(require.main === module, Object.keys(require.cache).length, Object.keys(require.extensions).slice(0, 3).join());
delete require.cache[require.resolve("./a.cjs")];
console.log(require("./a.cjs") === a);
try { require("./nothing.cjs"); } catch (error) { console.log(error.code, error instanceof Error); }
