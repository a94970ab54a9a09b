import { test } from "bun:test";
test("still runs", () => {});
test("an error from a timer is the test's", async () => {
  setTimeout(() => {
    throw new Error("from a timer");
  }, 1);
  await new Promise(() => {});
});
