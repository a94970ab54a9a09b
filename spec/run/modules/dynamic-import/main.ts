const name = "leaf";
const [one, two] = await Promise.all([import(`./${name}.ts`), import("./leaf.ts")]);
console.log(one === two, one.default, one.named);
const missing = await import("./not-there.ts").catch((error) => error);
console.log(missing instanceof Error, missing.code);
import("./leaf.ts").then((ns) => console.log("then", ns.named));
console.log("after");
