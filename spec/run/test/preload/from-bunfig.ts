import { beforeAll, expect } from "bun:test";
beforeAll(() => console.log("bunfig"));
expect.extend({ toBePreloaded: (value: unknown) => ({ pass: value === 1, message: () => "" }) });
