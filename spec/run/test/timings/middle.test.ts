import { test } from "bun:test";

test("middle", () => {});
