import { test } from "bun:test";

test("new", () => {});
