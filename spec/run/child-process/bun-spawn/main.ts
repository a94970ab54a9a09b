const failure = (attempt: () => unknown) => {
  try { attempt(); } catch (error: any) { console.log(error.name, error.message, error.code); }
};
failure(() => Bun.spawn(["no-such-command"]));
failure(() => Bun.spawn([]));
failure(() => Bun.spawn("ls" as any));
failure(() => Bun.spawn(["ls"], { cwd: "/nothing" }));
failure(() => Bun.spawn(["ls"], { stdout: "what" as any }));
const first = Bun.spawn(["sh", "-c", "echo out; echo err >&2; exit 3"], { stderr: "pipe" });
console.log(first.pid > 0, first.stdin, first.exitCode, first.signalCode, first.readable === first.stdout);
console.log(await first.exited, first.exitCode, first.signalCode, await first.stdout.text(), await new Response(first.stderr).text(), first.killed);
console.log(first.resourceUsage()!.maxRSS > 0, typeof first.resourceUsage()!.cpuTime.total);
const cat = Bun.spawn(["cat"], { stdin: "pipe" });
cat.stdin.write("hello ");
cat.stdin.write(new TextEncoder().encode("there"));
await cat.stdin.end();
console.log(await cat.stdout.text(), await cat.exited);
const sleeper = Bun.spawn(["sleep", "10"]);
sleeper.kill();
console.log(await sleeper.exited, sleeper.exitCode, sleeper.signalCode, sleeper.killed);
const limited = Bun.spawn(["sleep", "10"], { timeout: 30, killSignal: "SIGKILL" });
console.log(await limited.exited, limited.signalCode);
for (const stdin of [new Blob(["blob"]), new TextEncoder().encode("bytes"), new Response("response"), new ReadableStream({ start(c) { c.enqueue("stream"); c.close(); } })]) {
  console.log(await Bun.spawn(["cat"], { stdin: stdin as any }).stdout.text());
}
const target = `/tmp/bun-spawn-${process.pid}`;
await Bun.spawn(["echo", "to a file"], { stdout: Bun.file(target) }).exited;
console.log(await Bun.spawn(["cat"], { stdin: Bun.file(target) }).stdout.text());
await Bun.file(target).delete();
const inherited = Bun.spawn(["echo", "inherited"], { stdout: "inherit" });
await inherited.exited;
console.log(inherited.stdout, Bun.spawn(["true"], { stdout: "ignore" }).stdout);
console.log(await Bun.spawn({ cmd: ["sh", "-c", "echo $FOO $0; pwd"], env: { ...process.env, FOO: "bar" }, cwd: "/" }).stdout.text());
const controller = new AbortController();
const aborted = Bun.spawn(["sleep", "10"], { signal: controller.signal });
controller.abort();
console.log(await aborted.exited, aborted.signalCode);
await new Promise<void>((resolve) => Bun.spawn(["sh", "-c", "exit 5"], { onExit(child, code, signal, error) { console.log(child.pid > 0, code, signal, error); resolve(); } }));
let size = 0;
for await (const chunk of Bun.spawn(["head", "-c", "300000", "/dev/zero"]).stdout) size += chunk.length;
console.log(size);
