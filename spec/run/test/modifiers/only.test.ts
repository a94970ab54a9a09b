import { describe, expect, test } from "bun:test";

test("left out", () => {
  throw new Error("must not run");
});
describe.only("suite", () => {
  test("runs", () => expect(1).toBe(1));
});
describe("another", () => {
  test.only("runs too", () => expect(1).toBe(1));
  test("left out as well", () => {
    throw new Error("must not run");
  });
});
