// Workers and programs without a file share one file with the bytecode of what is ours, and each adds what it lacks.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "code-cache-"));
const env = { ...process.env, CRUST_CODE_CACHE: folder };
const run = (...args: string[]): number => {
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  if (status !== 0) console.log(args, status, stderr);
  const names = readdirSync(folder);
  if (names.length !== 1) console.log(names.length, "files");
  return statSync(join(folder, names[0]!)).size;
};
const content = (): Buffer => readFileSync(join(folder, readdirSync(folder)[0]!));
const [first, program] = [run("-e", "1"), run("-e", "1")];
console.log("a program fills it", first === 0 && program > 0);
const worker = run("test", "a.test.ts");
console.log("a worker adds the test API", worker > program && content().includes("crust:test_api/runner"));
const kept = content();
console.log("and finds everything", run("test", "a.test.ts") === worker && content().equals(kept));
console.log("a program finds everything, too", run("-e", "1") === worker && content().equals(kept));
console.log("nothing of the tests is kept", !content().includes("a secret of the test"));
rmSync(folder, { recursive: true });
