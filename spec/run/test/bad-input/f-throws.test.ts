import { test } from "bun:test";
test("never declared to run", () => {});
throw new TypeError("while loading");
