import { readFileSync } from "node:fs";
const bytes = readFileSync(new URL("./add.wasm", import.meta.url));
const { instance } = await WebAssembly.instantiate(bytes);
console.log((instance.exports.add as (a: number, b: number) => number)(2, 3));
