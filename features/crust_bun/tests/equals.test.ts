// Bun.deepEquals and Bun.semver, from inside.
import { describe, expect, test } from "bun:test";

describe("Bun.deepEquals", () => {
  test.each([
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
    [new Map([[1, new Set([2])]]), new Map([[1, new Set([2])]])],
    [NaN, NaN],
    [new Date(1), new Date(1)],
  ])("equal: %p", (a, b) => {
    expect(Bun.deepEquals(a, b)).toBe(true);
  });
  test("strictly, undefined is not absence", () => {
    expect(Bun.deepEquals({ a: undefined }, {})).toBe(true);
    expect(Bun.deepEquals({ a: undefined }, {}, true)).toBe(false);
  });
});

test.each`
  version            | range        | expected
  ${"1.2.3"}         | ${"^1.0.0"}  | ${true}
  ${"2.0.0"}         | ${"^1.0.0"}  | ${false}
  ${"1.2.3-beta.1"}  | ${"^1.2.0"}  | ${false}
  ${"1.4.9"}         | ${"~1.4.0"}  | ${true}
`("Bun.semver: $version satisfies $range: $expected", ({ version, range, expected }) => {
  expect(Bun.semver.satisfies(version, range)).toBe(expected);
});
