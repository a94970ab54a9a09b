// A child of a program may not change the header; the bytes stay.
import { readFileSync } from "node:fs";
const before = readFileSync("crust.lockb");
for (const extra of [[], ["--downgrade"], ["--downgrade", "--unfreeze"]]) {
  const child = Bun.spawnSync([process.execPath, "config", "set", "version", "0", ...extra]);
  console.log(child.exitCode, child.stderr.toString().split("\n")[0]);
}
for (const command of [
  ["env", "-i", process.execPath, "config", "feature", "enable", "DEBUG"],
  ["sh", "-c", `"${process.execPath}" config set rows 9`],
]) {
  const child = Bun.spawnSync(command);
  console.log(child.exitCode, child.stderr.toString().split("\n")[0]);
}
console.log(before.equals(readFileSync("crust.lockb")));
