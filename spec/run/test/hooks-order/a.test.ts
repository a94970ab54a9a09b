import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "bun:test";

const log = (text: string) => console.log(text);

beforeAll(() => log("beforeAll"));
afterAll(() => log("afterAll"));
beforeEach(() => log("beforeEach"));
afterEach(() => log("afterEach"));

test("first", () => log("first"));
describe("outer", () => {
  beforeAll(async () => {
    await 1;
    log("outer beforeAll");
  });
  afterAll(() => log("outer afterAll"));
  beforeEach((done) => {
    setTimeout(() => {
      log("outer beforeEach");
      done();
    }, 1);
  });
  afterEach(() => log("outer afterEach"));
  test("second", async () => {
    onTestFinished(() => log("finished second"));
    await Promise.resolve();
    log("second");
  });
  describe("inner", () => {
    beforeEach(() => log("inner beforeEach"));
    afterEach(() => log("inner afterEach"));
    test("third", (done) => {
      log("third");
      done();
    });
    test.skip("not run", () => log("never"));
  });
});
describe("nothing runs here", () => {
  beforeAll(() => log("never"));
  test.skip("skipped", () => {});
  test.todo("later");
});
test("last", () => {
  expect(1).toBe(1);
  log("last");
});
