import { execFileSync, execSync, spawnSync } from "node:child_process";

console.log(execSync("echo out").toString(), execSync("cat", { input: "given", encoding: "utf8" }), execFileSync("echo", ["x"], { encoding: "utf8" }));
const result = spawnSync("sh", ["-c", "echo out; echo err >&2; exit 2"], { encoding: "utf8" });
console.log(result.status, result.signal, result.stdout, result.stderr, JSON.stringify(result.output), result.pid > 0, result.error);
const missing = spawnSync("no-such-command", ["a"]);
console.log(missing.status, (missing.error as any).code, (missing.error as any).path, missing.stdout);
const slow = spawnSync("sleep", ["10"], { timeout: 30 });
console.log(slow.status, slow.signal, (slow.error as any).code);
const long = spawnSync("yes", { maxBuffer: 50 });
console.log((long.error as any).code, long.stdout.length >= 50);
try {
  execSync("echo seen; exit 7", { stdio: "pipe" });
} catch (error: any) {
  console.log(error.message, error.status, error.signal, error.stdout.toString());
}
spawnSync("echo", ["inherited"], { stdio: "inherit" });
console.log(spawnSync("pwd", { cwd: "/", encoding: "utf8" }).stdout, spawnSync("echo $A", { shell: true, env: { A: "b" }, encoding: "utf8" }).stdout);
process.env.SET_LATER = "yes";
console.log(execSync("echo $SET_LATER").toString());
console.log(spawnSync("head", ["-c", "500000", "/dev/zero"]).stdout.length, spawnSync("cat", { input: Buffer.alloc(400000, "x") }).stdout.length);
