import { describe, expect, test } from "bun:test";

/** A matcher passes, and its opposite fails. */
function holds(assert: (e: any) => unknown, value: unknown): void {
  assert(expect(value));
  expect(() => assert(expect(value).not)).toThrow();
}
function fails(assert: (e: any) => unknown, value: unknown): void {
  assert(expect(value).not);
  expect(() => assert(expect(value))).toThrow();
}

class A {
  constructor(public x = 1) {}
}
class B {
  constructor(public x = 1) {}
}

test("toBe", () => {
  holds((e) => e.toBe(NaN), NaN);
  fails((e) => e.toBe(-0), 0);
  fails((e) => e.toBe({}), {});
});
describe("toEqual", () => {
  const equal: Array<[unknown, unknown]> = [
    [{ a: undefined, b: 2 }, { b: 2 }],
    [[1, [2, { c: 3 }]], [1, [2, { c: 3 }]]],
    [new A(), new B()],
    [new A(), { x: 1 }],
    [new Map<unknown, unknown>([[{ k: 1 }, [1]]]), new Map<unknown, unknown>([[{ k: 1 }, [1]]])],
    [new Set([[1], { a: 1 }]), new Set([{ a: 1 }, [1]])],
    [new Date(5), new Date(5)],
    [/a/gi, /a/gi],
    [new Error("x"), new Error("x")],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [[undefined], [,]],
    [{ [Symbol.for("s")]: 1 }, { [Symbol.for("s")]: 1 }],
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [10n, 10n],
  ];
  test.each(equal.map((pair) => ({ pair })))("equal $#", ({ pair: [a, b] }) => {
    holds((e) => e.toEqual(b), a);
    holds((e) => e.toEqual(a), b);
  });
  const different: Array<[unknown, unknown]> = [
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [[1, 2], [1, 2, 3]],
    [[1], { 0: 1 }],
    [+0, -0],
    [new Map([[1, 2]]), new Map([[1, 3]])],
    [new Set([1]), new Set([2])],
    [new Date(5), new Date(6)],
    [/a/g, /a/i],
    [new Error("x"), new Error("y")],
    [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
    [null, undefined],
    ["1", 1],
    [{ [Symbol.for("s")]: 1 }, { [Symbol.for("s")]: 2 }],
    [() => {}, () => {}],
  ];
  test.each(different.map((pair) => ({ pair })))("different $#", ({ pair: [a, b] }) => {
    fails((e) => e.toEqual(b), a);
  });
  test("circles", () => {
    const a: any = { n: 1 };
    a.self = a;
    const b: any = { n: 1 };
    b.self = b;
    holds((e) => e.toEqual(b), a);
    b.n = 2;
    fails((e) => e.toEqual(b), a);
  });
});
test("toStrictEqual", () => {
  fails((e) => e.toStrictEqual({ b: 2 }), { a: undefined, b: 2 });
  fails((e) => e.toStrictEqual(new B()), new A());
  fails((e) => e.toStrictEqual([undefined]), [,]);
  holds((e) => e.toStrictEqual(new A()), new A());
  holds((e) => e.toStrictEqual({ a: { b: [1] } }), { a: { b: [1] } });
});
test("toMatchObject", () => {
  holds((e) => e.toMatchObject({ a: { b: 1 } }), { a: { b: 1, c: 2 }, d: 3 });
  holds((e) => e.toMatchObject([{ a: 1 }]), [{ a: 1, b: 2 }]);
  fails((e) => e.toMatchObject([{ a: 1 }]), [{ a: 1 }, { a: 2 }]);
  fails((e) => e.toMatchObject({ a: { b: 2 } }), { a: { b: 1 } });
  fails((e) => e.toMatchObject({ a: undefined }), {});
});
test("asymmetric", () => {
  holds((e) => e.toEqual({ a: expect.any(Number), b: expect.anything(), c: expect.stringContaining("x") }), { a: 1, b: {}, c: "axb" });
  fails((e) => e.toEqual({ a: expect.anything() }), { a: null });
  holds((e) => e.toEqual(expect.arrayContaining([2, 1])), [1, 2, 3]);
  fails((e) => e.toEqual(expect.arrayContaining([4])), [1, 2, 3]);
  holds((e) => e.toEqual(expect.objectContaining({ a: expect.any(String) })), { a: "x", b: 1 });
  holds((e) => e.toEqual(expect.stringMatching(/^a.c$/)), "abc");
  holds((e) => e.toEqual(expect.closeTo(0.3, 5)), 0.1 + 0.2);
  holds((e) => e.toEqual(expect.not.arrayContaining([4])), [1]);
  holds((e) => e.toEqual(expect.not.objectContaining({ a: 1 })), { a: 2 });
  holds((e) => e.toEqual(expect.not.stringContaining("z")), "abc");
  holds((e) => e.toEqual(expect.not.stringMatching(/z/)), "abc");
});
test("promises", async () => {
  await expect(Promise.resolve(1)).resolves.toBe(1);
  await expect(Promise.reject(new Error("no"))).rejects.toThrow("no");
  await expect(Promise.resolve(1)).resolves.not.toBe(2);
  await expect(expect(Promise.resolve(1)).resolves.toBe(2)).rejects.toThrow();
  await expect(expect(Promise.reject(new Error("x"))).resolves.toBe(2)).rejects.toThrow();
  await expect(expect(Promise.resolve(1)).rejects.toBe(2)).rejects.toThrow();
});
test("extend", () => {
  expect.extend({
    toBeDivisibleBy(received: number, by: number) {
      const pass = received % by === 0;
      return { pass, message: () => `expected ${received} ${this.isNot ? "not " : ""}to be divisible by ${by}` };
    },
    async toBeLater(received: number) {
      return { pass: received === 1, message: () => "later" };
    },
  });
  const e = expect as any;
  e(6).toBeDivisibleBy(3);
  e(7).not.toBeDivisibleBy(3);
  expect(() => e(7).toBeDivisibleBy(3)).toThrow("expected 7 to be divisible by 3");
  expect({ n: 9 }).toEqual({ n: e.toBeDivisibleBy(3) });
  expect({ n: 10 }).toEqual({ n: e.not.toBeDivisibleBy(3) });
  return e(1).toBeLater();
});
