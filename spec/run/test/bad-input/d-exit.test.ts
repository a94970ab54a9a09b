import { test } from "bun:test";
test("exits", () => {
  process.exit(7);
});
test("goes on", () => {});
