import { test } from "bun:test";
import { createWriteStream, writeFileSync, writeSync } from "node:fs";

// Whoever prints, and by whichever way: it stands before the result of its test.
for (let number = 0; number < 60; number++) {
  test(`test ${number}`, async () => {
    const text = `printed by ${number}\n`;
    if (number % 6 === 0) writeSync(2, text);
    if (number % 6 === 1) process.stderr.write(text);
    if (number % 6 === 2) writeFileSync(2, text);
    if (number % 6 === 3) await Bun.write(Bun.stderr, text);
    if (number % 6 === 4) await new Promise((done) => createWriteStream("", { fd: 2, autoClose: false }).write(text, done));
    if (number % 6 === 5) console.error(text.trim());
  });
}

// A program that is given our standard error prints what nobody here counts.
for (let number = 60; number < 80; number++) {
  test(`test ${number}`, () => {
    console.error(`before ${number}`);
    if (number < 70) Bun.spawnSync(["/bin/echo", `program of ${number}`], { stdout: 2, stderr: "inherit" });
    console.error(`after ${number}`);
  });
}
