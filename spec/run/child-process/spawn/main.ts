import { spawn } from "node:child_process";
import { once } from "node:events";

const show = (child: any) => new Promise<void>((resolve) => {
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk: any) => { out += chunk; });
  child.stderr?.on("data", (chunk: any) => { err += chunk; });
  child.on("error", (error: any) => console.log("error", error.code, error.syscall, error.path, error.spawnargs.join()));
  child.on("exit", (code: any, signal: any) => console.log("exit", code, signal));
  child.on("close", (code: any, signal: any) => { console.log("close", code, signal ?? null, JSON.stringify(out), JSON.stringify(err)); resolve(); });
});
const first = spawn("sh", ["-c", "echo out; echo err >&2; exit 3"]);
console.log(typeof first.pid, first.spawnfile, first.spawnargs.join(), first.exitCode, first.killed, first.connected);
await show(first);
await show(spawn("no-such-command", ["a"]));
const cat = spawn("cat");
cat.stdin.write("one ");
cat.stdin.end("two");
await show(cat);
const sleeper = spawn("sleep", ["10"]);
console.log(sleeper.kill(), sleeper.killed);
await show(sleeper);
console.log(sleeper.kill(), sleeper.signalCode);
await show(spawn("echo $GREETING | tr a-z A-Z", { shell: true, env: { ...process.env, GREETING: "hello" } }));
await show(spawn("pwd", { cwd: "/" }));
await show(spawn("sleep", ["10"], { timeout: 30, killSignal: "SIGINT" }));
const inherits = spawn("echo", ["inherited"], { stdio: "inherit" });
await once(inherits, "close");
console.log(inherits.stdout, inherits.stdin);
await show(spawn("sh", ["-c", "cat"], { stdio: ["ignore", "pipe", "ignore"] }));
const controller = new AbortController();
const aborted = spawn("sleep", ["10"], { signal: controller.signal });
aborted.on("error", (error: any) => console.log(error.name, error.code));
controller.abort();
await once(aborted, "close");
console.log(aborted.signalCode);
const big = spawn("head", ["-c", "300000", "/dev/zero"]);
let size = 0;
for await (const chunk of big.stdout) size += chunk.length;
console.log(size);
for (const wrong of [[1], [""], ["a\0b"], ["ls", "x"], ["ls", [], { cwd: 1 }]] as any[]) {
  try { spawn(...(wrong as [string])); } catch (error: any) { console.log(error.name, error.code); }
}
