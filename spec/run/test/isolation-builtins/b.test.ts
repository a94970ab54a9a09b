import { createRequire } from "node:module";
import { expect, test } from "bun:test";
const stream = createRequire(import.meta.url)("node:stream");
test("streams are whole", () => {
  expect(["Readable", "Writable", "pipeline", "promises"].filter((name) => stream[name] === undefined)).toEqual([]);
  expect(typeof stream.Readable.prototype.map).toBe("function");
  expect(new (class extends stream.Writable {})()).toBeInstanceOf(stream);
});
test("what another file added is gone", () => {
  expect("extra" in stream || "extra" in stream.Readable.prototype).toBe(false);
  stream.extra = stream.Readable.prototype.extra = 1;
});
