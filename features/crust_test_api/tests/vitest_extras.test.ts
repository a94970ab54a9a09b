// What Vitest has beside the common API: conditional mocks, scoped fixtures, modes of its clock.
import { describe, expect, test, vi } from "vitest";
test("vi.when", async () => {
  const spy = vi.fn((n: number) => n * 2);
  const chain = vi.when(spy).calledWith(1).thenReturn("always").thenReturnOnce("once").calledWith(expect.any(String)).thenResolve(3).calledWith(4).thenThrowOnce(new Error("four"));
  expect(chain).not.toHaveBeenExhausted();
  expect([spy(1), spy(1), spy(1), spy(5)]).toEqual(["once", "always", "always", 10]);
  await expect(spy("x" as any)).resolves.toBe(3);
  expect(() => expect(chain).toHaveBeenExhausted()).toThrow(/calledWith\(4\) thenThrow\(.*\): never called/);
  expect(() => spy(4)).toThrow("four");
  expect(spy(4)).toBe(8);
  expect(chain).toHaveBeenExhausted();
  expect(vi.isWhenChain(chain)).toBe(true);
  { using scoped = vi.when(spy, { onUnmatched: "throw" }).calledWith(1).thenReturn("scoped"); expect(spy(1)).toBe("scoped"); expect(() => spy(9)).toThrow("no behavior defined when called with [9]"); void scoped; }
  expect(spy(1)).toBe("always");
  expect(() => expect(1).toHaveBeenExhausted()).toThrow("vi.when()");
  expect(() => vi.when(1 as any)).toThrow(TypeError);
});
test("expect.setState", () => {
  expect.setState({ mine: 1 });
  expect(expect.getState().mine).toBe(1);
  expect.setState({ expectedAssertionsNumber: 1 });
});
test("defineHelper", () => {
  const helper = vi.defineHelper((value: number) => { expect(value).toBe(1); });
  helper(1);
  let stack = "";
  try { helper(2); } catch (error: any) { stack = error.stack; }
  const [first] = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const here = new Error().stack!.match(/vitest_extras\.test\.ts:(\d+)/)!;
  expect(first).toContain(`vitest_extras.test.ts:${Number(here[1]) - 2}:`);
});
test("tick modes", async () => {
  vi.useFakeTimers();
  vi.setTimerTickMode("nextTimerAsync");
  let done = false;
  await new Promise<void>((resolve) => setTimeout(() => { done = true; resolve(); }, 100_000));
  expect(done).toBe(true);
  vi.useRealTimers();
});
const it = test.extend<{ name: string; greeting: string }>({ name: "outer", greeting: async ({ name }, use) => { await use(`hello ${name}`); } });
it("scoped: outside", ({ greeting }) => { expect(greeting).toBe("hello outer"); });
describe("scoped", () => {
  it.scoped({ name: "inner" });
  it("inside", ({ greeting }) => { expect(greeting).toBe("hello inner"); });
  describe("deeper", () => { it.scoped({ greeting: "bye" }); it("inside", ({ greeting, name }) => { expect([greeting, name]).toEqual(["bye", "inner"]); }); });
});
