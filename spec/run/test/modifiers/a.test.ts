import { describe, expect, test } from "bun:test";

let tries = 0;
test("retry", () => {
  tries++;
  expect(tries).toBe(3);
}, { retry: 3 });
let runs = 0;
test("repeats", () => {
  runs++;
}, { repeats: 2 });
test("repeated", () => expect(runs).toBe(3));
test.failing("fails as it says", () => {
  throw new Error("known");
});
test.failing("does not fail", () => {});
test.if(true)("if", () => {});
test.if(false)("not if", () => {});
test.skipIf(true)("skipIf", () => {});
test.todoIf(true)("todoIf", () => {});
describe.each([1, 2])("suite %d", (n) => {
  test("has its number", () => expect(n).toBeWithin(1, 3));
});
test("slow", async () => {
  await new Promise(() => {});
}, 20);
test("assertions", () => {
  expect.assertions(2);
  expect(1).toBe(1);
});
test("no assertions", () => {
  expect.hasAssertions();
});
test("done with an error", (done) => {
  done(new Error("given to done"));
});
