import type { Nothing, Something } from "./lib";
import type { Gone } from "./gone";
import { untyped } from "./untyped.js";
import type { T } from "no-such-package";

export type A = Nothing | Something | Gone;
export type B = import("./lib").AlsoNothing;
export { untyped };
export type C = T;
