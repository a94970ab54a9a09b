import { expect, test } from "bun:test";
test("b", () => (expect((globalThis as any).preloaded) as any).toBePreloaded());
