import fs from "node:fs";

const attempts: [string, () => unknown][] = [
  ["open", () => fs.openSync("/nox")], ["rename", () => fs.renameSync("/nox", "/b")], ["directory", () => fs.readFileSync("/tmp")],
  ["descriptor", () => fs.readSync(999, Buffer.alloc(1))], ["readdir", () => fs.readdirSync("/nox")], ["stat", () => fs.statSync("/nox")],
  ["mkdir", () => fs.mkdirSync("/tmp")], ["copy", () => fs.copyFileSync("/nox", "/c")], ["readlink", () => fs.readlinkSync("/tmp")],
  ["symlink", () => fs.symlinkSync("/a", "/tmp")], ["access", () => fs.accessSync("/nox")], ["utimes", () => fs.utimesSync("/nox", 1, 1)],
  ["chmod", () => fs.chmodSync("/nox", 1)], ["parents", () => fs.mkdirSync("/etc/passwd/a", { recursive: true })],
  ["write", () => fs.writeFileSync("/nox/a", "")], ["link", () => fs.linkSync("/nox", "/b")], ["rmdir", () => fs.rmdirSync("/nox")],
  ["lstat", () => fs.lstatSync("/nox")], ["unlink", () => fs.unlinkSync("/nox")], ["close", () => fs.closeSync(999)], ["rm", () => fs.rmSync("/nox")],
];
for (const [name, attempt] of attempts) {
  try {
    attempt();
    console.log(name, "no error");
  } catch (error: any) {
    console.log(name, error instanceof Error, error.message, error.code, error.errno, error.syscall, error.path, error.dest);
  }
}
for (const attempt of [() => fs.openSync("a", "q"), () => fs.fstatSync(-1), () => fs.readFileSync("a\0b"), () => (fs as any).readFileSync({})]) {
  try { attempt(); } catch (error: any) { console.log(error.name, error.code); }
}
