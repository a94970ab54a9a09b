const from = import.meta.url.slice(0, -"main.ts".length);
console.log(import.meta.resolve("./missing.js").replace(from, ""), import.meta.resolve("../up/./x.ts").endsWith("/run/modules/up/x.ts"));
console.log(import.meta.resolve("fs"), import.meta.resolve("node:path"));
try { import.meta.resolve("no-such-package"); } catch (error: any) { console.log(error.code); }
