import { expect, test } from "bun:test";
test("b fails", () => expect(1).toBe(2));
test("b never", () => {});
