import { expect, test } from "bun:test";
test("a", () => (expect((globalThis as any).preloaded) as any).toBePreloaded());
