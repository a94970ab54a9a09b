import { describe, expect, test } from "bun:test";

test.each([
  [1, 2, 3],
  [4, 5, 9],
])("%i + %i = %i", (a, b, sum) => expect(a + b).toBe(sum));
test.each([{ a: 1, b: { c: "deep" } }])("$a $b.c $missing #%#", ({ a, b }) => {
  expect(a).toBe(1);
  expect(b.c).toBe("deep");
});
test.each(["x", "y"])("string %s %%", (letter) => expect(letter).toHaveLength(1));
test.each`
  a    | b      | sum
  ${1} | ${2}   | ${3}
  ${2} | ${"x"} | ${"2x"}
`("table $a + $b = $sum", ({ a, b, sum }) => expect(a + b).toBe(sum));
test.each([[1, 2]])("with done", (a, b, done) => {
  expect(a + b).toBe(3);
  done();
});
describe.each([["one"], ["two"]])("suite %s", (name) => {
  test("has its name", () => expect(name).toBeString());
});
