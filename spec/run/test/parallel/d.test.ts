import { expect, test } from "bun:test";
test("d", () => { console.log("out"); expect(process.env.JEST_WORKER_ID).toMatch(/^[12]$/); });
