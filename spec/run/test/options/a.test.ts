import { describe, test } from "bun:test";
test("not this", () => { throw new Error("never"); });
describe("chosen suite", () => {
  test("one", () => {});
});
test("chosen two", () => {});
