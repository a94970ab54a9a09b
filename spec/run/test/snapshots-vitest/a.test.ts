import { describe, expect, test } from "vitest";

class Problem extends Error {
  override name = "Problem";
  issues = [{ code: "custom", path: [] }];
}
const fails = (): never => {
  throw new Problem("bad");
};

describe("outer", () => {
  test("inner", () => {
    expect({ expression: /a.b$/u, text: 'qu"o`te' }).toMatchSnapshot();
    expect({ a: 1 }).toMatchSnapshot("label");
    expect(fails).toThrowErrorMatchingSnapshot();
    expect(fails).toThrowErrorMatchingInlineSnapshot(`[Problem: bad]`);
    expect(/^(1\.1)$/).toMatchInlineSnapshot(`/\\^\\(1\\\\\\.1\\)\\$/`);
    expect({ error: new Problem("x") }).toMatchObject({ error: { issues: [{ code: "custom" }] } });
  });
});
