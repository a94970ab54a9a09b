// Chai's sentences on `expect`: those that hold, and those that fail. Chai 5.3.3 agrees with each; the sentences
// after `resolves` and `rejects` and Jest's matchers are Vitest's.
import { expect, test } from "vitest";

class Shape { static make() {} draw() {} }
const three = [1, 2, 3];

test("holds", () => {
  expect([1]).to.be.an("array").that.is.not.empty;
  expect("x").to.be.a("string").and.to.equal("x");
  expect({ a: { b: [1, 2] } }).to.have.nested.property("a.b[1]", 2);
  expect({ a: 1 }).to.have.property("a").that.is.a("number").above(0);
  expect({ a: 1, b: 2 }).to.have.all.keys("a", "b"); expect({ a: 1, b: 2 }).to.have.any.keys("a", "z"); expect({ a: 1, b: 2 }).to.not.have.keys("a");
  expect(three).to.have.lengthOf(3); expect(three).to.have.length.above(2); expect("abc").to.have.length(3).and.include("b");
  expect([{ a: 1 }]).to.deep.include({ a: 1 }); expect([{ a: 1 }]).to.not.include({ a: 1 }); expect({ a: 1, b: 2 }).to.include({ a: 1 });
  expect(three).to.have.members([3, 2, 1]); expect([1, 2]).to.have.ordered.members([1, 2]); expect([[1], [2]]).to.have.deep.members([[2], [1]]);
  expect(() => { throw new TypeError("bad thing"); }).to.throw(TypeError, "bad"); expect(() => {}).to.not.throw(); expect(() => { throw new Error("x"); }).to.throw(/x/);
  expect({ a: 1 }).to.deep.equal({ a: 1 }); expect({ a: 1 }).to.eql({ a: 1 }); expect({ a: 1 }).to.not.equal({ a: 1 });
  expect(5).to.be.within(1, 5).and.closeTo(5.1, 0.2); expect(new Map([["k", 1]])).to.have.keys("k"); expect(null).to.be.null; expect(undefined).to.not.exist; expect(NaN).to.be.NaN;
  expect(new Date()).to.be.instanceOf(Date).and.be.a("date"); expect(2).to.be.oneOf([1, 2]); expect(4).to.satisfy((n: number) => n % 2 === 0); expect(Promise.resolve()).to.be.a("promise");
  let n = 0; expect(() => { n++; }).to.increase(() => n); expect(Object.freeze({})).to.be.frozen; expect("foobar").to.have.string("bar").and.match(/^foo/); expect({}).to.be.empty; expect(new Error("e")).to.be.an("error");
});

test("a part is enough", () => {
  expect({ a: 1, b: 2 }).to.contain.keys("a");
  expect(three).to.include.members([1, 1, 2]); expect(three).to.include.ordered.members([1, 2]); expect(three).to.not.include.ordered.members([2, 3]);
  expect("abc").to.contain.oneOf(["z", "b"]); expect([1, 2]).to.contain.oneOf([5, 2]);
  expect({ a: { b: 1, c: 2 } }).to.containSubset({ a: { b: 1 } }); expect([1, 2]).to.containSubset([2]); expect({ a: [1, 2] }).to.containSubset({ a: (list: number[]) => list.length === 2 });
  expect({ a: { b: 1 } }).to.nested.include({ "a.b": 1 });
});

test("movements", () => {
  let n = 0;
  expect(() => { n += 2; }).to.change(() => n).by(2); expect(() => { n -= 2; }).to.change(() => n).by(2);
  expect(() => { n += 2; }).to.increase(() => n).by(2); expect(() => { n += 2; }).to.increase(() => n).but.not.by(3);
  const counter = { hits: 3 };
  expect(() => { counter.hits = 1; }).to.decrease(counter, "hits").by(2);
  expect(() => {}).to.not.change(counter, "hits");
});

test("classes, functions and keys", () => {
  expect(Shape).to.respondTo("draw"); expect(Shape).itself.to.respondTo("make"); expect(Shape).to.not.respondTo("make");
  expect(async () => {}).to.be.a("function"); expect(async () => {}).to.be.an("asyncfunction"); expect(1n).to.be.a("bigint");
  expect(new (class { a = 1; })()).to.eql({ a: 1 }); expect({ a: undefined }).to.not.eql({}); expect(NaN).to.eql(NaN).and.not.equal(NaN);
  expect({ a: 1 }).to.have.all.keys({ a: 3 }); expect(new Map([[{ a: 1 }, 2]])).to.have.deep.keys([{ a: 1 }]);
  expect(10n).to.be.closeTo(11n, 2n); expect(2).to.be.above(1n); expect({ length: 2 }).to.have.lengthOf(2); expect(new Set([1, 2])).to.have.lengthOf(2).and.members([2, 1]);
});

test("a function is called once", () => {
  let calls = 0;
  expect(() => { calls++; throw new Error("boom"); }).to.throw("boom").with.property("message", "boom");
  expect(calls).to.equal(1);
});

test("without `to`, and with Jest's matchers", () => {
  expect(true).true; expect("x").a("string"); expect({ a: 1 }).deep.equal({ a: 1 });
  expect({ a: 1 }).to.toEqual({ a: 1 }); expect(1).to.be.not.toBe(2); expect({ a: 1 }).to.have.property("a").toBe(1);
  expect.extend({ toBeEven: (value: number) => ({ pass: value % 2 === 0, message: () => "odd" }) });
  (expect(2).to as any).toBeEven();
});

test("of promises", async () => {
  await expect(Promise.resolve(1)).resolves.to.equal(1);
  await expect(Promise.resolve({ a: 1 })).resolves.to.have.property("a").that.is.a("number").above(0);
  await expect(Promise.resolve(true)).resolves.to.be.true;
  await expect(Promise.resolve([1])).resolves.to.be.an("array").that.is.not.empty;
  await expect(Promise.resolve([1])).resolves.to.not.include(2);
  await expect(Promise.resolve({ a: 1 })).resolves.to.toEqual({ a: 1 });
  await expect(Promise.reject(new TypeError("no"))).rejects.to.throw(TypeError, "no");
  await expect(Promise.reject(new Error("no"))).rejects.to.be.instanceOf(Error);
  await expect(async () => 3).resolves.to.be.within(1, 3);
  await expect(expect(Promise.resolve(1)).resolves.to.equal(2)).rejects.toThrow(/^expected 1 to equal 2$/);
  await expect(expect(Promise.resolve(false)).resolves.to.be.true).rejects.toThrow(/^expected false to be true$/);
  await expect(expect(Promise.reject(new Error("no"))).resolves.to.equal(2)).rejects.toThrow(/^expected promise to resolve, but it rejected/);
  await expect(expect(Promise.resolve(1), "why").rejects.to.throw()).rejects.toThrow(/^why: expected promise to reject, but it resolved to 1$/);
  expect(() => expect(Promise.resolve(1)).resolves.to.equall(1)).toThrow('Invalid Chai property: equall. Did you mean "equal"?');
});

const fails: Array<[string, () => void, RegExp?]> = [
  ["an", () => expect(1).to.be.an("array")], ["empty", () => expect([1]).to.be.empty], ["not", () => expect(1).to.not.equal(1)], ["property", () => expect({}).to.have.property("x")], ["length", () => expect([1]).to.have.lengthOf(2)],
  ["throw", () => expect(() => {}).to.throw()], ["throw type", () => expect(() => { throw new Error("a"); }).to.throw(TypeError)], ["keys", () => expect({ a: 1 }).to.have.keys("b")], ["members", () => expect([1]).to.have.members([2])], ["include", () => expect("a").to.include("b")],
  ["above", () => expect(1).to.be.above(2)], ["deep", () => expect({ a: 1 }).to.deep.equal({ a: 2 })], ["nested", () => expect({ a: {} }).to.have.nested.property("a.b")], ["label", () => expect(1, "why").to.equal(2), /^why: expected 1 to equal 2$/],
  ["above of a string", () => expect("a").to.be.above(1), /^expected "a" to be a number or a date$/], ["not above of a string", () => expect("a").to.not.be.above(1), /^expected "a" to be a number or a date$/],
  ["above a string", () => expect(1).to.be.above("a" as any), /^the argument to above must be a number$/], ["a date above a number", () => expect(new Date()).to.be.above(1), /^the argument to above must be a date$/],
  ["within a string", () => expect(1).to.be.within(1, "b" as any), /^the arguments to within must be numbers$/], ["close to no delta", () => expect(1).to.be.closeTo(1, undefined as any), /^closeTo needs/], ["a string close", () => expect("1").to.be.closeTo(1, 2), /^expected "1" to be numeric$/],
  ["contain.keys", () => expect({ a: 1 }).to.contain.keys("c")], ["include.members", () => expect(three).to.include.members([4])], ["contain.oneOf", () => expect("abc").to.contain.oneOf(["z"])], ["oneOf nothing", () => expect(1).to.be.oneOf(5 as any), /^expected 5 to be an array$/],
  ["change.by", () => { let n = 0; expect(() => { n += 2; }).to.change(() => n).by(3); }, /^expected .* to change it by 3, but got 2$/s], ["increase.not.by", () => { let n = 0; expect(() => { n += 2; }).to.increase(() => n).but.not.by(2); }], ["increase no number", () => expect(() => 1).to.increase(() => "a"), /^expected "a" to be a number$/], ["change nothing", () => expect(() => 1).to.change({}, "x"), /^expected \{\} to have property "x"$/],
  ["itself", () => expect(Shape).itself.to.respondTo("draw")], ["containSubset", () => expect({ a: { b: 1 } }).to.containSubset({ a: { b: 2 } })],
  ["message", () => expect(1).to.equal(2, "why"), /^why: expected 1 to equal 2$/], ["message of property", () => expect({ a: 1 }).to.have.property("a", 2, "why"), /^why: expected .*, but got 1$/s], ["message of length", () => expect([1]).to.have.lengthOf(2, "why"), /^why: expected/], ["message of a", () => expect(2).to.be.a("string", "why"), /^why: expected 2 to be a string$/],
  ["empty number", () => expect(5).to.be.empty, /^\.empty was passed non-string primitive 5$/], ["empty function", () => expect(() => 1).to.be.empty, /^\.empty was passed a function$/], ["include of a number", () => expect(5).to.include(1), /^include takes no number/], ["include text in an object", () => expect({ a: 1 }).to.include("a"), /^include takes no string/],
  ["throw of no function", () => expect(5).to.throw(), /^expected 5 to be a function$/], ["no constructor", () => expect(1).to.be.instanceof("x" as any), /^the instanceof assertion needs a constructor/], ["keys of nothing", () => expect({}).to.have.keys(), /^keys required$/], ["property of null", () => expect(null).to.have.property("a"), /null or undefined$/],
  ["length of a number", () => expect(5).to.have.lengthOf(2), /^expected 5 to have a length$/], ["NaN equals nothing", () => expect(NaN).to.equal(NaN)], ["NaN is included nowhere", () => expect([NaN]).to.include(NaN)], ["length goes on", () => expect([1, 2]).to.have.lengthOf(2).and.above(5), /^expected .* to have a length above 5, but got 2$/s],
  ["unknown word", () => (expect(1).to as any).foo, /^Invalid Chai property: foo\b/], ["unknown word, nearly", () => (expect(1).to.be as any).emptyy, /^Invalid Chai property: emptyy\. Did you mean "empty"\?$/], ["word behind a method", () => (expect(1).to.equal as any).x, /^Invalid Chai property: equal\.x\. /], ["word after an assertion", () => (expect(1).to.equal(1) as any).nope, /^Invalid Chai property: nope/],
  ["a Jest matcher", () => expect(1).to.toBe(2), /toBe/], ["not and a Jest matcher", () => expect(1).to.not.toBe(1), /not.*toBe/],
];
for (const [name, fail, message = /^expected |^why: /] of fails) test(name, () => { expect(fail).toThrow(message); });

test("a failed sentence is Chai's error", () => {
  try {
    expect(1).to.equal(2);
  } catch (error: any) {
    expect(error.name).toBe("AssertionError");
    return;
  }
  expect.unreachable();
});
