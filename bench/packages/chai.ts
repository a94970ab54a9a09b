// Assertions and their messages.
import { assert, expect, should } from "chai";

should();
expect([1, 2]).to.include(2);
(5 as any).should.equal(5);
for (const check of [() => expect({ a: { b: 1 } }).to.deep.equal({ a: { b: 2 } }), () => assert.throws(() => {}), () => expect([1, "x"]).to.have.lengthOf(3)]) {
  try {
    check();
  } catch (error: any) {
    console.log(error.name, error.message);
  }
}
