console.log(import.meta.url, import.meta.path, import.meta.filename);
console.log(import.meta.dir, import.meta.dirname, import.meta.file, import.meta.main);
console.log(import.meta.env === process.env, typeof import.meta.require);
console.log(import.meta.resolve("./lib/other.ts"), import.meta.resolve("node:fs"));
const { other } = await import("./lib/other.ts");
console.log(other);
