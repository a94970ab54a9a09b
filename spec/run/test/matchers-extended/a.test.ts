import { expect, test, vi } from "vitest";

const D = (day: number) => new Date(2020, 0, day);
const cases: Record<string, { pass: Array<[unknown, ...unknown[]]>; fail: Array<[unknown, ...unknown[]]> }> = {
  toBeAfter: { pass: [[D(2), D(1)]], fail: [[D(1), D(1)]] },
  toBeBefore: { pass: [[D(1), D(2)]], fail: [[D(1), D(1)]] },
  toBeAfterOrEqualTo: { pass: [[D(1), D(1)]], fail: [[D(1), D(2)]] },
  toBeBeforeOrEqualTo: { pass: [[D(1), D(1)]], fail: [[D(2), D(1)]] },
  toBeBetween: { pass: [[D(2), D(1), D(3)]], fail: [[D(4), D(1), D(3)]] },
  toBeInRange: { pass: [[2, 1, 2]], fail: [[3, 1, 2]] },
  toBeFrozen: { pass: [[Object.freeze({})]], fail: [[{}]] },
  toBeSealed: { pass: [[Object.seal({})]], fail: [[{}]] },
  toBeExtensible: { pass: [[{}]], fail: [[Object.freeze({})]] },
  toBeHexadecimal: { pass: [["#abc"], ["#A0B1C2"]], fail: [["abc"], ["#xyz"]] },
  toBeDateString: { pass: [["2020-01-01"]], fail: [["not"]] },
  toBePrimitive: { pass: [[1], [null], ["x"]], fail: [[{}], [() => {}]] },
  toBeBigInt: { pass: [[1n]], fail: [[1]] },
  toBeNullable: { pass: [[null]], fail: [[0]] },
  toIncludeMultiple: { pass: [["hello", ["he", "lo"]]], fail: [["hello", ["he", "x"]]] },
  toEqualCaseInsensitive: { pass: [["HeLLo", "hello"]], fail: [["a", "b"]] },
  toContainEntry: { pass: [[{ a: 1 }, ["a", 1]]], fail: [[{ a: 1 }, ["a", 2]]] },
  toContainEntries: { pass: [[{ a: 1, b: 2 }, [["a", 1], ["b", 2]]]], fail: [[{ a: 1 }, [["b", 1]]]] },
  toContainAllEntries: { pass: [[{ a: 1 }, [["a", 1]]]], fail: [[{ a: 1, b: 2 }, [["a", 1]]]] },
  toContainAnyEntries: { pass: [[{ a: 1 }, [["a", 1], ["z", 1]]]], fail: [[{ a: 1 }, [["z", 1]]]] },
  toIncludeAllMembers: { pass: [[[1, 2, 3], [3, 1]]], fail: [[[1], [2]]] },
  toIncludeAnyMembers: { pass: [[[1, 2], [2, 9]]], fail: [[[1], [9]]] },
  toIncludeSameMembers: { pass: [[[1, { a: 1 }], [{ a: 1 }, 1]]], fail: [[[1, 1], [1, 2]]] },
  toPartiallyContain: { pass: [[[{ a: 1, b: 2 }], { a: 1 }]], fail: [[[{ a: 1 }], { a: 2 }]] },
  toIncludeAllPartialMembers: { pass: [[[{ a: 1, b: 2 }, { c: 3 }], [{ a: 1 }, { c: 3 }]]], fail: [[[{ a: 1 }], [{ z: 1 }]]] },
  toIncludeAnyPartialMembers: { pass: [[[{ a: 1, b: 2 }], [{ a: 1 }, { z: 1 }]]], fail: [[[{ a: 1 }], [{ z: 1 }]]] },
  toSatisfyAll: { pass: [[[2, 4], (n: number) => n % 2 === 0]], fail: [[[1, 2], (n: number) => n % 2 === 0]] },
  toSatisfyAny: { pass: [[[1, 2], (n: number) => n === 2]], fail: [[[1], (n: number) => n === 2]] },
  toThrowWithMessage: { pass: [[() => { throw new TypeError("m"); }, TypeError, "m"], [() => { throw new TypeError("m"); }, TypeError, /m/]], fail: [[() => { throw new Error("m"); }, TypeError, "m"]] },
};
for (const [name, { pass, fail }] of Object.entries(cases)) {
  test(name, () => {
    for (const [value, ...args] of pass) {
      (expect(value) as any)[name](...args);
      expect(() => (expect(value).not as any)[name](...args)).toThrow();
    }
    for (const [value, ...args] of fail) {
      (expect(value).not as any)[name](...args);
      expect(() => (expect(value) as any)[name](...args)).toThrow();
    }
  });
}
test("changes", () => {
  let n = 0;
  const e = expect as any;
  e(() => n++).toChange(() => n);
  e(() => {}).not.toChange(() => n);
  e(() => (n += 3)).toChangeBy(() => n, 3);
  e(() => (n = 9)).toChangeTo(() => n, 9);
  expect(() => e(() => {}).toChangeTo(() => n, 1)).toThrow("to 1");
  e([{ a: 1, b: 2 }, { c: 3 }]).toIncludeSamePartialMembers([{ c: 3 }, { a: 1 }]);
  expect(() => e([{ a: 1 }]).toIncludeSamePartialMembers([{ a: 2 }])).toThrow();
});
test("promises that settle", async () => {
  const e = expect as any;
  await e(Promise.resolve(1)).toResolve();
  await e(Promise.reject(new Error("x"))).toReject();
  await e(Promise.resolve(1)).not.toReject();
  await expect(e(Promise.resolve(1)).toReject()).rejects.toThrow("resolves");
});
test("order of calls", () => {
  const a = vi.fn();
  const b = vi.fn();
  a();
  b();
  (expect(a) as any).toHaveBeenCalledBefore(b);
  (expect(b) as any).toHaveBeenCalledAfter(a);
  expect(() => (expect(b) as any).toHaveBeenCalledBefore(a)).toThrow();
  expect(a).toHaveBeenCalledExactlyOnceWith();
});
test("what promises came to", async () => {
  const f = vi.fn(async (n: number) => n + 1);
  await f(1);
  await f(2);
  expect(f).toHaveResolved();
  expect(f).toHaveResolvedTimes(2);
  expect(f).toHaveResolvedWith(2);
  expect(f).toHaveLastResolvedWith(3);
  expect(f).toHaveNthResolvedWith(1, 2);
});
test("arrayOf and schemaMatching", () => {
  expect([1, 2]).toEqual((expect as any).arrayOf(expect.any(Number)));
  expect([1, "x"]).not.toEqual((expect as any).arrayOf(expect.any(Number)));
  const schema = { "~standard": { version: 1, vendor: "test", validate: (value: unknown) => (typeof value === "string" ? { value } : { issues: [{ message: "no" }] }) } };
  expect({ a: "x" }).toEqual({ a: (expect as any).schemaMatching(schema) });
  expect({ a: 1 }).not.toEqual({ a: (expect as any).schemaMatching(schema) });
});
test("equality testers", () => {
  class Volume { constructor(public amount: number, public unit: "ml" | "l") {} get ml() { return this.unit === "l" ? this.amount * 1000 : this.amount; } }
  expect.addEqualityTesters([(a: unknown, b: unknown) => (a instanceof Volume && b instanceof Volume ? a.ml === b.ml : undefined)]);
  expect({ v: new Volume(1, "l") }).toEqual({ v: new Volume(1000, "ml") });
});
