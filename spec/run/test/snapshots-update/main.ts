import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";

const tests = (...words: string[]) => {
  const run = Bun.spawnSync({ cmd: [process.execPath, "test", "--reporter=tap", ...words], stderr: "pipe" });
  console.log(run.exitCode, run.stdout.toString(), run.stderr.toString());
};
copyFileSync("a.test.tsx.in", "a.test.tsx");
tests("-u");
console.log(readFileSync("a.test.tsx", "utf8"));
console.log(readFileSync("__snapshots__/a.test.tsx.snap", "utf8"));
tests("--ci");
// A test that is gone takes its snapshots with it, and the last one the file.
writeFileSync("a.test.tsx", 'import { test } from "bun:test";\ntest("nothing", () => {});\n');
tests();
tests("-u");
console.log(existsSync("__snapshots__/a.test.tsx.snap"));
