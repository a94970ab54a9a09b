import { beforeEach } from "bun:test";
(globalThis as any).preloaded = 1;
beforeEach(() => console.log("command line"));
