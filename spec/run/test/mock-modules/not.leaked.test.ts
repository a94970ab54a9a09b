import { expect, test } from "bun:test";
import { use } from "./user";

test("mocks of other files do not reach this one", () => {
  expect(use()).toBe("real!");
});
