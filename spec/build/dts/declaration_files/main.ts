/// <reference path="./globals.d.ts" />
import { plain } from "./plain.js";
import legacy from "./legacy";
import { part } from "./legacy";
import type { Implicit } from "./implicit";
import type { Only } from "./only.js";

export { plain, legacy, part };
export type Part = legacy.Part;
export type Global = GlobalThing;
export type Both = Implicit | Only;
