import fs from "node:fs";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";

const root = await mkdtemp("/tmp/fs-trees-");
fs.mkdirSync(`${root}/from/a/b`, { recursive: true });
fs.writeFileSync(`${root}/from/one`, "1");
fs.writeFileSync(`${root}/from/a/two`, "2");
fs.writeFileSync(`${root}/from/a/b/three`, "3");
fs.symlinkSync("one", `${root}/from/link`);
fs.cpSync(`${root}/from`, `${root}/to`, { recursive: true });
console.log(fs.readdirSync(`${root}/to`, { recursive: true }).map(String).sort().join(" "));
console.log(fs.readFileSync(`${root}/to/a/b/three`, "utf8"), fs.lstatSync(`${root}/to/link`).isSymbolicLink());
await cp(`${root}/from`, `${root}/some`, { recursive: true, filter: (source) => !source.endsWith("two") });
console.log((await readdir(`${root}/some`, { recursive: true })).sort().join(" "));
const typed = await readdir(`${root}/from`, { recursive: true, withFileTypes: true });
console.log(typed.map((entry) => `${entry.parentPath.slice(root.length)}/${entry.name}:${entry.isFile() ? "f" : entry.isDirectory() ? "d" : "l"}`).sort().join(" "));
try { fs.cpSync(`${root}/from`, `${root}/again`); } catch (error: any) { console.log(error.message.length > 0); }
try { fs.rmdirSync(`${root}/from`); } catch (error: any) { console.log(error.code); }
await rm(root, { recursive: true, force: true });
console.log(fs.existsSync(root));
