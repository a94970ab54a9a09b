import path from "./empty.wasm" with { type: "file" };
console.log(path.endsWith("empty.wasm"));
