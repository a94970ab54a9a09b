import { expect, test } from "vitest";
test("needs what a set-up file brings", () => {
  expect((globalThis as any).setUp).toBe(true);
});
