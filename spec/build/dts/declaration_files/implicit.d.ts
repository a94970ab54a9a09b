import type { Part } from "./main";
interface Implicit { part: Part }
declare const notNeeded: 1;
export interface Other {}
