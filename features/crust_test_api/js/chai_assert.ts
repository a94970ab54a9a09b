// `assert` of Vitest: the parts of Chai's that node:assert has under the same name, and a few more.
import nodeAssert from "node:assert";

export const assert: any = Object.assign((value: unknown, message?: string) => nodeAssert(value, message), nodeAssert, {
  isTrue: (value: unknown, message?: string) => nodeAssert.strictEqual(value, true, message),
  isFalse: (value: unknown, message?: string) => nodeAssert.strictEqual(value, false, message),
  isNull: (value: unknown, message?: string) => nodeAssert.strictEqual(value, null, message),
  isUndefined: (value: unknown, message?: string) => nodeAssert.strictEqual(value, undefined, message),
  isDefined: (value: unknown, message?: string) => nodeAssert.notStrictEqual(value, undefined, message),
  exists: (value: unknown, message?: string) => nodeAssert(value !== null && value !== undefined, message),
  isArray: (value: unknown, message?: string) => nodeAssert(Array.isArray(value), message),
  isString: (value: unknown, message?: string) => nodeAssert.strictEqual(typeof value, "string", message),
  isNumber: (value: unknown, message?: string) => nodeAssert.strictEqual(typeof value, "number", message),
  isFunction: (value: unknown, message?: string) => nodeAssert.strictEqual(typeof value, "function", message),
  instanceOf: (value: unknown, type: any, message?: string) => nodeAssert(value instanceof type, message),
  lengthOf: (value: any, length: number, message?: string) => nodeAssert.strictEqual(value.length, length, message),
  include: (value: any, item: unknown, message?: string) => nodeAssert(value.includes(item), message),
});
