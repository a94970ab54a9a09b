import { exec, execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(exec);
console.log(JSON.stringify(await run("echo hello; echo there >&2")));
await run("echo partial; exit 4").catch((error) => console.log(error.message.trim(), error.code, error.killed, error.signal, error.cmd, error.stdout, error.stderr));
await run("echo oops >&2; exit 1").catch((error) => console.log(JSON.stringify(error.message)));
console.log(JSON.stringify(await promisify(execFile)("echo", ["a b", "$HOME"])));
await promisify(execFile)("no-such-file", ["x"]).catch((error) => console.log(error.code, error.syscall, error.path, error.spawnargs.join(), error.cmd));
await run("sleep 10", { timeout: 30 }).catch((error) => console.log(error.killed, error.signal, error.code));
await run("yes", { maxBuffer: 10 }).catch((error) => console.log(error.code, error.name, error.stdout.length));
exec("printf 'abc'", { encoding: "buffer" }, (error, stdout) => console.log(error, Buffer.isBuffer(stdout), stdout.toString()));
