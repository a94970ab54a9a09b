import { b } from "./b";
import { expect, test } from "bun:test";
test("b", () => expect(b).toBe(1));
