import { expect, test } from "bun:test";
test("c fails", () => expect(1).toBe(2));
test("c never", () => {});
