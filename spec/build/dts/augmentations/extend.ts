import type { Point } from "./point";

declare module "./registry" {
  interface Registry {
    /** Added from elsewhere. */
    point: Point;
    self: Registry;
    entry?: Entry;
  }
  interface NobodyNeedsIt { point: Point }
}
declare global {
  interface Window { point: Point; own: OwnGlobal }
  interface OwnGlobal {}
  var registered: Point[];
}
declare module "node:fs" {
  interface Stats { point?: Point }
}
export const notExported: Point = { x: 1 };
