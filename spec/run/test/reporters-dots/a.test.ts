import { describe, expect, test } from "bun:test";

test("passes # with a hash", () => {});
describe("suite", () => {
  test("fails", () => expect({ a: 1, b: 2 }).toEqual({ a: 1, b: 3 }));
  test.skip("skipped", () => {});
  describe("inner", () => {
    test.todo("to do");
    test("deep", () => {});
  });
});
