// The compiler as its own command.
process.argv.push("--version");
require("typescript/lib/tsc.js");
