// `node:assert/strict`: `assert.strict` as a module.

import assert from "crust:node/assert";

export const {
  ok, fail, equal, notEqual, deepEqual, notDeepEqual, deepStrictEqual, notDeepStrictEqual, strictEqual, notStrictEqual, partialDeepStrictEqual,
  match, doesNotMatch, throws, rejects, doesNotThrow, doesNotReject, ifError, strict, Assert, AssertionError,
} = assert.strict;
export default assert.strict;
