import fs from "node:fs";
import { glob, mkdtemp, rm } from "node:fs/promises";

const root = await mkdtemp("/tmp/fs-glob-");
for (const name of ["a.ts", "b.js", ".hidden.ts", "src/c.ts", "src/deep/d.ts", "src/deep/e.json", "lib/f.ts", "lib/[x].ts"]) {
  fs.mkdirSync(`${root}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
  fs.writeFileSync(`${root}/${name}`, "");
}
const find = (pattern: string | string[], options: object = {}) => fs.globSync(pattern as string, { cwd: root, ...options }).map(String).sort().join(" ");
for (const pattern of ["*.ts", "**/*.ts", "src/**/*.ts", "**/*.{ts,json}", "{a,b}.*", "src/*/d.ts", "?.ts", "[ab].*", "src/c.ts", "none/*", "**/deep/*", "src/*"]) {
  console.log(pattern, "->", find(pattern));
}
console.log(find(["*.js", "lib/*.ts"]), "|", find("**/*.ts", { exclude: (name: string) => name.includes("deep") }));
const names: string[] = [];
for await (const name of glob("*.ts", { cwd: root })) names.push(name);
console.log(names.sort().join(" "));
await rm(root, { recursive: true });
