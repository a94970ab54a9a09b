import fs from "node:fs";
import { once } from "node:events";

const root = fs.mkdtempSync("/tmp/fs-watch-");
const watcher = fs.watch(root);
const first = once(watcher, "change");
fs.writeFileSync(`${root}/a.txt`, "1");
console.log((await first).join());
watcher.close();
await once(watcher, "close");
const file = fs.watch(`${root}/a.txt`, (event, name) => {
  console.log(event, name);
  file.close();
  fs.rmSync(root, { recursive: true });
});
fs.appendFileSync(`${root}/a.txt`, "2");
try { fs.watch("/nothing"); } catch (error: any) { console.log(error.code, error.syscall); }
