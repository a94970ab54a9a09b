import { expect, test } from "bun:test";
test("a fails", () => expect(1).toBe(2));
test("a never", () => {});
