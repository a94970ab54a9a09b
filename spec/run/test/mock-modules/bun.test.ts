import { expect, mock, test } from "bun:test";
import { use } from "./user";

const value = mock(() => "bun");
mock.module("./dep", () => ({ value }));

test("the factory may use what is declared above it", () => {
  expect(use()).toBe("bun!");
  expect(value).toHaveBeenCalledTimes(1);
});
test("later imports and require too", async () => {
  mock.module("./late", () => ({ name: "late" }));
  expect((await import("./late")).name).toBe("late");
  expect(require("./late").name).toBe("late");
});
