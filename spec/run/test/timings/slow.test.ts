import { test } from "bun:test";

test("slow", () => {});
