import { describe, expect, test } from "bun:test";

describe("outer", () => {
  test("passes", () => {
    expect(1).toBe(1);
  });
  describe("inner", () => {
    test("fails", () => {
      throw new TypeError("no");
    });
  });
});
test.skip("is left out", () => {});
test.todo("is to be written");
