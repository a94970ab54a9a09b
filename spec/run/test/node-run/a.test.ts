import assert from "node:assert";
import test, { describe } from "node:test";

test("passes", () => assert.ok(true));
describe("outer", () => {
  test("fails", () => assert.strictEqual(1, 2));
});
test("is left out", { skip: true }, () => {});
test("is to do", { todo: true }, () => {});
