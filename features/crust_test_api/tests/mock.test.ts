// Mock functions and spies beyond what matchers show.
import { afterEach, describe, expect, jest, mock, spyOn, test } from "bun:test";

afterEach(() => mock.restore());

describe("a mock function", () => {
  test("records calls, results, receivers and their order", () => {
    const a = mock((n: number) => n + 1);
    const b = mock();
    const receiver = { a };
    receiver.a(1);
    b("x");
    a(2);
    expect(a.mock.calls).toEqual([[1], [2]]);
    expect(a.mock.results).toEqual([{ type: "return", value: 2 }, { type: "return", value: 3 }]);
    expect(a.mock.contexts[0]).toBe(receiver);
    expect(a.mock.lastCall).toEqual([2]);
    expect(b.mock.invocationCallOrder[0]).toBeWithin(a.mock.invocationCallOrder[0]!, a.mock.invocationCallOrder[1]!);
  });
  test("keeps what it recorded when its implementation throws", () => {
    const f = mock(() => {
      throw new RangeError("no");
    });
    expect(f).toThrow(RangeError);
    expect(f.mock.results[0]).toEqual({ type: "throw", value: new RangeError("no") });
  });
  test("answers once, then as before", async () => {
    const f = mock(() => "own").mockReturnValueOnce("first").mockImplementationOnce(() => "second");
    expect([f(), f(), f()]).toEqual(["first", "second", "own"]);
    const g = mock().mockResolvedValueOnce(1).mockRejectedValueOnce(new Error("x"));
    expect(await g()).toBe(1);
    expect(g()).rejects.toThrow("x");
  });
  test("is cleared, reset and restored", () => {
    const object = { method: () => "real" };
    const spy = spyOn(object, "method").mockReturnValue("mocked");
    expect(object.method()).toBe("mocked");
    spy.mockClear();
    expect(spy).not.toHaveBeenCalled();
    expect(object.method()).toBe("mocked");
    spy.mockReset();
    expect(object.method()).toBe("real");
    spy.mockRestore();
    expect(jest.isMockFunction(object.method)).toBe(false);
  });
  test("has an implementation for a while", async () => {
    const f = mock(() => 1);
    f.withImplementation(() => 2, () => expect(f()).toBe(2));
    await f.withImplementation(() => 3, async () => {
      await 1;
      expect(f()).toBe(3);
    });
    expect(f()).toBe(1);
  });
  test("constructs", () => {
    class Point {
      constructor(readonly x: number) {}
    }
    const Mocked = mock(Point as never) as unknown as typeof Point;
    const point = new Mocked(5);
    expect(point.x).toBe(5);
    expect(point).toBeInstanceOf(Point);
  });
});

describe("a spy", () => {
  test("finds inherited methods and puts nothing back but itself", () => {
    class Base {
      name() {
        return "base";
      }
    }
    const object = new Base();
    spyOn(object, "name").mockReturnValue("spied");
    expect(object.name()).toBe("spied");
    mock.restore();
    expect(Object.hasOwn(object, "name")).toBe(false);
    expect(object.name()).toBe("base");
  });
  test("watches accessors", () => {
    const object = {
      stored: 1,
      get value() {
        return this.stored;
      },
      set value(next: number) {
        this.stored = next;
      },
    };
    const get = (jest.spyOn as any)(object, "value", "get").mockReturnValue(9);
    expect(object.value).toBe(9);
    expect(get).toHaveBeenCalledTimes(1);
  });
  test("refuses what is not there", () => {
    expect(() => spyOn({} as any, "missing")).toThrow("does not exist");
    expect(() => spyOn(1 as any, "toFixed")).toThrow("primitive");
  });
});
