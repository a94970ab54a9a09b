// What the file says later does not matter, here and in children, whatever environment they get and
// whatever program stands between.
import { copyFileSync } from "node:fs";
copyFileSync("other.lockb", "crust.lockb");
console.log(Bun.config.terminal.rows);
const show = "console.log(Bun.config.terminal.rows)";
const run = (command: string[], env?: Record<string, string>) => {
  const { stdout, stderr } = Bun.spawnSync(command, { env: env ?? process.env });
  console.log(stdout.toString().trim(), stderr.toString());
};
const PATH = process.env.PATH!;
run([process.execPath, "-e", show]);
run([process.execPath, "-e", show], {});
run(["sh", "-c", `"${process.execPath}" -e "${show}"`], { PATH });
run(["env", "-i", process.execPath, "-e", show], { PATH });
// A program that closes what it inherited: the ancestor still has the file.
run(["bash", "-c", `for fd in /proc/$$/fd/*; do fd=\${fd##*/}; [ $fd -gt 2 ] && [ $fd -lt 250 ] && eval "exec $fd>&-"; done; "${process.execPath}" -e "${show}"`], { PATH });
