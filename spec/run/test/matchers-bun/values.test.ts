import { expect, mock, test } from "bun:test";

const cases: Record<string, { pass: Array<[unknown, ...unknown[]]>; fail: Array<[unknown, ...unknown[]]> }> = {
  toBeTruthy: { pass: [[1], ["a"], [{}]], fail: [[0], [""], [null], [NaN]] },
  toBeFalsy: { pass: [[0], [""], [null]], fail: [[1]] },
  toBeDefined: { pass: [[null], [0]], fail: [[undefined]] },
  toBeUndefined: { pass: [[undefined]], fail: [[null]] },
  toBeNull: { pass: [[null]], fail: [[undefined]] },
  toBeNil: { pass: [[null], [undefined]], fail: [[0]] },
  toBeNaN: { pass: [[NaN]], fail: [[1], ["x"]] },
  toBeTrue: { pass: [[true]], fail: [[1]] },
  toBeFalse: { pass: [[false]], fail: [[0]] },
  toBeCloseTo: { pass: [[0.1 + 0.2, 0.3], [1.23, 1.2, 1], [Infinity, Infinity]], fail: [[1, 2], [1.23, 1.2]] },
  toBeGreaterThan: { pass: [[2, 1], [2n, 1]], fail: [[1, 1]] },
  toBeGreaterThanOrEqual: { pass: [[1, 1]], fail: [[0, 1]] },
  toBeLessThan: { pass: [[1, 2]], fail: [[1, 1]] },
  toBeLessThanOrEqual: { pass: [[1, 1n]], fail: [[2, 1]] },
  toBeEven: { pass: [[2], [0], [4n]], fail: [[1], [1.5]] },
  toBeOdd: { pass: [[1], [-3], [5n]], fail: [[2], [1.5]] },
  toBePositive: { pass: [[1]], fail: [[0], [-1]] },
  toBeNegative: { pass: [[-1]], fail: [[0], [1]] },
  toBeFinite: { pass: [[1]], fail: [[Infinity], [NaN]] },
  toBeInteger: { pass: [[1]], fail: [[1.5], ["1"]] },
  toBeWithin: { pass: [[1, 1, 2]], fail: [[2, 1, 2]] },
  toMatch: { pass: [["hello", "ell"], ["hello", /^h.*o$/]], fail: [["hello", "x"], ["hello", /x/]] },
  toInclude: { pass: [["hello", "ell"]], fail: [["hello", "x"]] },
  toIncludeRepeated: { pass: [["aXbX", "X", 2]], fail: [["aXb", "X", 2]] },
  toStartWith: { pass: [["hello", "he"]], fail: [["hello", "lo"]] },
  toEndWith: { pass: [["hello", "lo"]], fail: [["hello", "he"]] },
  toEqualIgnoringWhitespace: { pass: [[" a b\n", "ab"]], fail: [["ab", "ac"]] },
  toHaveLength: { pass: [[[1, 2], 2], ["abc", 3]], fail: [[[1], 2]] },
  toContain: { pass: [[[1, 2], 1], ["abc", "b"], [new Set([1]), 1]], fail: [[[1], 2], [[{}], {}], [[NaN], NaN]] },
  toContainEqual: { pass: [[[{ a: 1 }], { a: 1 }]], fail: [[[{ a: 1 }], { a: 2 }]] },
  toContainKey: { pass: [[{ a: 1 }, "a"]], fail: [[{ a: 1 }, "b"]] },
  toContainKeys: { pass: [[{ a: 1, b: 2 }, ["a", "b"]]], fail: [[{ a: 1 }, ["a", "b"]]] },
  toContainAllKeys: { pass: [[{ a: 1, b: 2 }, ["b", "a"]]], fail: [[{ a: 1, b: 2 }, ["a"]]] },
  toContainAnyKeys: { pass: [[{ a: 1 }, ["a", "z"]]], fail: [[{ a: 1 }, ["z"]]] },
  toContainValue: { pass: [[{ a: { x: 1 } }, { x: 1 }]], fail: [[{ a: 1 }, 2]] },
  toContainValues: { pass: [[{ a: 1, b: 2 }, [1, 2]]], fail: [[{ a: 1 }, [1, 2]]] },
  toContainAllValues: { pass: [[{ a: 1, b: 2 }, [2, 1]]], fail: [[{ a: 1, b: 2 }, [1]]] },
  toContainAnyValues: { pass: [[{ a: 1 }, [1, 9]]], fail: [[{ a: 1 }, [9]]] },
  toHaveProperty: {
    pass: [[{ a: { b: [1, { c: 2 }] } }, "a.b[1].c", 2], [{ a: { b: 1 } }, ["a", "b"]], [{ "a.b": 1 }, ["a.b"], 1], [{ a: 1 }, "a", expect.any(Number)]],
    fail: [[{ a: 1 }, "b"], [{ a: 1 }, "a", 2], [{ a: { b: 1 } }, "a.c"]],
  },
  toBeEmpty: { pass: [[""], [[]], [{}], [new Map()], [new Set()]], fail: [["a"], [[1]], [{ a: 1 }], [new Map([[1, 1]])]] },
  toBeEmptyObject: { pass: [[{}]], fail: [[{ a: 1 }]] },
  toBeArray: { pass: [[[]]], fail: [[{}]] },
  toBeArrayOfSize: { pass: [[[1, 2], 2]], fail: [[[1], 2], ["ab", 2]] },
  toBeOneOf: { pass: [[1, [1, 2]], [{ a: 1 }, [{ a: 1 }]]], fail: [[3, [1, 2]]] },
  toBeInstanceOf: { pass: [[[], Array], [new TypeError(), Error]], fail: [[{}, Array], [1, Number]] },
  toBeTypeOf: { pass: [["x", "string"], [null, "object"]], fail: [["x", "number"]] },
  toBeString: { pass: [["x"]], fail: [[1]] },
  toBeNumber: { pass: [[1], [NaN]], fail: [["1"]] },
  toBeBoolean: { pass: [[true]], fail: [[1]] },
  toBeSymbol: { pass: [[Symbol()]], fail: [["s"]] },
  toBeFunction: { pass: [[() => {}]], fail: [[{}]] },
  toBeObject: { pass: [[{}], [[]]], fail: [[null], [1]] },
  toBeDate: { pass: [[new Date()]], fail: [[1]] },
  toBeValidDate: { pass: [[new Date(0)]], fail: [[new Date(NaN)]] },
  toSatisfy: { pass: [[4, (n: number) => n > 3]], fail: [[1, (n: number) => n > 3]] },
  toThrow: {
    pass: [
      [() => { throw new Error("abc"); }], [() => { throw new Error("abc"); }, "b"], [() => { throw new Error("abc"); }, /^a/],
      [() => { throw new TypeError("x"); }, TypeError], [() => { throw new Error("abc"); }, new Error("abc")], [() => { throw "text"; }, "ex"],
      [() => { throw new Error("abc"); }, expect.objectContaining({ message: "abc" })],
    ],
    fail: [[() => {}], [() => { throw new Error("abc"); }, "z"], [() => { throw new Error("x"); }, TypeError], [() => { throw new Error("abc"); }, new Error("ab")]],
  },
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

test("mock functions", () => {
  const f = mock((a: number, b?: unknown) => a * 2);
  expect(f).not.toHaveBeenCalled();
  f(1);
  f(2, { x: 1 });
  expect(f).toHaveBeenCalled();
  expect(f).toHaveBeenCalledTimes(2);
  expect(f).toHaveBeenCalledWith(1);
  expect(f).toHaveBeenCalledWith(2, { x: expect.any(Number) });
  expect(f).not.toHaveBeenCalledWith(3);
  expect(f).toHaveBeenLastCalledWith(2, { x: 1 });
  expect(f).toHaveBeenNthCalledWith(1, 1);
  expect(f).toHaveReturned();
  expect(f).toHaveReturnedTimes(2);
  expect(f).toHaveReturnedWith(4);
  expect(f).toHaveLastReturnedWith(4);
  expect(f).toHaveNthReturnedWith(1, 2);
  expect(() => expect(f).toHaveBeenCalledTimes(3)).toThrow();
  f.mockClear();
  expect(f).not.toHaveBeenCalled();
  const once = mock();
  once.mockReturnValueOnce(1).mockReturnValueOnce(2).mockReturnValue(9);
  expect([once(), once(), once()]).toEqual([1, 2, 9]);
  expect(once).not.toHaveBeenCalledOnce();
  const thrower = mock(() => { throw new Error("x"); });
  expect(() => thrower()).toThrow("x");
  expect(thrower.mock.results[0].type).toBe("throw");
  class Thing { constructor(public n: number) {} }
  const Mocked = mock(Thing as any) as any;
  expect(new Mocked(5).n).toBe(5);
  expect(Mocked.mock.instances).toHaveLength(1);
});
test("pass, fail and unreachable", () => {
  expect(1).pass();
  expect(() => expect(1).fail("told")).toThrow("told");
  expect(() => expect.unreachable("never")).toThrow("never");
});
