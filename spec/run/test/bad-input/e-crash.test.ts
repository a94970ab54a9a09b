import { test } from "bun:test";
test("is killed", () => {
  process.kill(process.pid, "SIGKILL");
  for (;;);
});
test("does not run", () => {});
