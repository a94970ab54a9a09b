import { readFileSync } from "node:fs";

const run = Bun.spawnSync({ cmd: [process.execPath, "test", "--dots", "--coverage", "--coverage-reporter=text,lcov,json,html", "--coverage-dir=out"], stderr: "pipe", stdout: "pipe" });
console.log("exit", run.exitCode);
console.log(run.stderr.toString().replace(/\[[\d.]+m?s\]/, "[TIME]").replace(/crust test v.*/, "crust test"));
console.log(readFileSync("out/lcov.info", "utf8"));
const json = JSON.parse(readFileSync("out/coverage-final.json", "utf8"));
console.log(Object.keys(json).map((path) => path.slice(import.meta.dir.length)));
console.log(readFileSync("out/index.html", "utf8").includes("Sign.Minus"));
