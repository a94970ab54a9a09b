import { describe, test } from "bun:test";

// Functions of describe run when the file is through, each before those within it.
describe("A", async () => {
  console.log("A");
  describe("A1", () => {
    console.log("A1");
    describe("A1a", () => {
      console.log("A1a", later);
      test("one", () => console.log("test one"));
    });
    describe("A1b", () => {
      console.log("A1b");
      test("two", () => console.log("test two"));
    });
  });
  test("between", () => console.log("test between"));
  await 1;
  console.log("A after a wait");
  describe("A2", () => {
    console.log("A2");
    test("three", () => console.log("test three"));
  });
});
test("top", () => console.log("test top"));
describe.each([1, 2])("E%d", (number) => {
  console.log("E", number);
  test("four", () => console.log("test four", number));
});
const later = "known by then";
console.log("end of file");
