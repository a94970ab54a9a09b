import { expect, test } from "bun:test";
test("a secret of the test", () => {
  expect(1).toBe(1);
});
