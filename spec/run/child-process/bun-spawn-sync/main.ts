const result = Bun.spawnSync(["sh", "-c", "cat; echo err >&2; exit 2"], { stdin: new TextEncoder().encode("in") });
console.log(result.exitCode, result.success, result.stdout.toString(), result.stderr.toString(), result.pid > 0, typeof result.resourceUsage.maxRSS);
const limited = Bun.spawnSync({ cmd: ["sleep", "5"], timeout: 20 });
console.log(limited.exitCode, limited.signalCode, limited.success, limited.exitedDueToTimeout);
console.log(Bun.spawnSync(["echo", "ok"]).stdout.toString(), Bun.spawnSync(["pwd"], { cwd: "/" }).stdout.toString());
try { Bun.spawnSync(["no-such-command"]); } catch (error: any) { console.log(error.message, error.code); }
Bun.spawnSync(["echo", "inherited"], { stdout: "inherit" });
console.log(Bun.spawnSync(["true"], { stdout: "ignore" }).stdout);
