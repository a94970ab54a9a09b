import { test } from "bun:test";
test("before", () => {});
test("loops for ever", () => {
  for (;;);
});
test("after", () => {});
