import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(process.cwd(), "cache");
const env = { ...process.env, CRUST_CODE_CACHE: folder };
const run = (file = "app/main.ts") => {
  const { stdout, stderr } = spawnSync(process.execPath, [file], { env, encoding: "utf8" });
  return (stdout + stderr).trim().replaceAll("\n", " | ");
};
const kept = () => join(folder, readdirSync(folder)[0]!);
const state = () => `${readdirSync(folder).length} file, ${statSync(kept()).size === 0 ? "empty" : "filled"}, mode ${(statSync(kept()).mode & 0o777).toString(8)}`;

console.log(run());
console.log(state(), (statSync(folder).mode & 0o777).toString(8));
console.log(run());
console.log(state());
const whole = readFileSync(kept());
console.log(run());
console.log(state(), readFileSync(kept()).equals(whole));

// A changed source runs as it is now.
writeFileSync("app/part.ts", readFileSync("app/part.ts", "utf8").replace("one", "two"));
console.log(run());

// A file that is damaged, cut off or another user could have written is not used.
const damaged = Buffer.from(whole);
damaged[whole.length >> 1]! ^= 1;
for (const bytes of [damaged, whole.subarray(0, 100), Buffer.from("nonsense")]) {
  writeFileSync(kept(), bytes);
  console.log(run());
}
writeFileSync(kept(), whole);
chmodSync(kept(), 0o666);
console.log(run(), "|", state());

// Where nothing can be kept, nothing is.
env.CRUST_CODE_CACHE = "off";
console.log(run());
env.CRUST_CODE_CACHE = "/proc/no/such/folder";
console.log(run(), run());

// Programs without a file share one with what is ours.
env.CRUST_CODE_CACHE = join(process.cwd(), "shared");
const print = (code: string) => spawnSync(process.execPath, ["-p", code], { env, encoding: "utf8" }).stdout.trim();
const sizes: number[] = [];
for (const code of ["1 + 1", "2 + 2", "require('node:path').sep", "require('node:path').sep"]) {
  console.log(print(code));
  const [name] = readdirSync(env.CRUST_CODE_CACHE);
  sizes.push(statSync(join(env.CRUST_CODE_CACHE, name!)).size);
}
console.log(readdirSync(env.CRUST_CODE_CACHE).length, sizes[0] === 0, sizes[1]! > 0, sizes[2]! > sizes[1]!, sizes[3] === sizes[2]);
