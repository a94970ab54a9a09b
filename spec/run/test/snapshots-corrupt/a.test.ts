import { expect, test } from "bun:test";

test("x", () => {
  expect(1).toMatchSnapshot();
});
test("others are not concerned", () => {});
