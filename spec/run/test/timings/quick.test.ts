import { test } from "bun:test";

test("quick", () => {});
