import { expect, test } from "bun:test";

test("matches", () => {
  expect({ b: [1, "x", null], a: new Map([["k", new Set([1])]]), date: new Date(0), re: /x/g, f() {}, s: Symbol("s"), e: new RangeError("r") }).toMatchSnapshot();
  expect("a `back` ${tick}").toMatchSnapshot("hint");
  expect(() => { throw new Error("message"); }).toThrowErrorMatchingSnapshot();
});
test("property matchers", () => {
  expect({ id: Math.random(), at: new Date(), name: "n", nested: [{ x: 1, y: 2 }] }).toMatchSnapshot({ id: expect.any(Number), at: expect.any(Date) });
});
test("differs", () => {
  expect({ a: 1, b: 2 }).toMatchSnapshot();
});
test("is new", () => {
  expect(1).toMatchSnapshot();
});
test("inline", () => {
  expect({ a: [1] }).toMatchInlineSnapshot(`
    {
      "a": [
        1,
      ],
    }
  `);
  expect("text").toMatchInlineSnapshot(`"text"`);
});
expect.addSnapshotSerializer({ test: (value: any) => value?.kind === "point", print: (value: any) => `Point(${value.x})` });
test("serializers", () => {
  expect({ kind: "point", x: 3 }).toMatchInlineSnapshot(`Point(3)`);
});
