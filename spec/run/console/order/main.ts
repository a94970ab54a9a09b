// Standard output that is collected keeps its place among writes by other ways, children and the exit.
import { spawnSync, spawn } from "node:child_process"; import fs from "node:fs";
for (let i = 0; i < 100; i++) console.log("a" + i);
spawnSync("echo", ["child"], { stdio: "inherit" });
for (let i = 0; i < 100; i++) console.log("b" + i);
process.stdout.write("psw\n");
for (let i = 0; i < 100; i++) console.log("c" + i);
fs.writeSync(1, "fsw\n");
for (let i = 0; i < 100; i++) console.log("d" + i);
Bun.spawnSync(["echo", "bunchild"], { stdio: ["inherit", "inherit", "inherit"] });
for (let i = 0; i < 100; i++) console.log("e" + i);
spawn("echo", ["async"], { stdio: "inherit" }).on("exit", () => { for (let i = 0; i < 100; i++) console.log("f" + i); console.error("err"); for (let i = 0; i < 100; i++) console.log("g" + i); process.exit(0); });
