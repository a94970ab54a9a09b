import { afterAll, test } from "bun:test";
test("passes", () => {});
afterAll(() => {
  Promise.reject(new Error("after the end"));
});
