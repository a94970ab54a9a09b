import { appendFileSync } from "node:fs";

const git = (...words: string[]) => {
  const run = Bun.spawnSync({ cmd: ["git", "-c", "user.name=n", "-c", "user.email=e@example.invalid", ...words], stderr: "pipe" });
  if (run.exitCode !== 0) throw new Error(run.stderr.toString());
};
const tests = (...words: string[]) => {
  const run = Bun.spawnSync({ cmd: [process.execPath, "test", "--reporter=tap", ...words], stderr: "pipe" });
  console.log(run.exitCode, run.stdout.toString(), run.stderr.toString());
};
git("init", "-q");
git("add", "-A");
git("commit", "-q", "-m", "first");
tests("--changed");
appendFileSync("a.ts", "// changed\n");
tests("--changed");
git("commit", "-q", "-a", "-m", "second");
tests("--changed");
tests("--changed=HEAD~1");
tests("--changed=no-such-commit");
