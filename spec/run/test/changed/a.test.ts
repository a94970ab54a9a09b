import { a } from "./middle";
import { expect, test } from "bun:test";
test("a", () => expect(a).toBe(1));
