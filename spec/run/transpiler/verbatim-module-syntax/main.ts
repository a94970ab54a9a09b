import { Unused } from "./side-effect.ts";
import { type AlsoUnused } from "./second.ts";
import type { Gone } from "./never.ts";
console.log("main");
