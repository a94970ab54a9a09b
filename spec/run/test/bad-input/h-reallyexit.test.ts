import { test } from "bun:test";
test("ends its process", () => {
  process.reallyExit(0);
});
