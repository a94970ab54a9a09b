import * as a from "./a.ts";
import { value, Late, hoist } from "./a.ts";
function attempt(read: () => unknown): string {
  try { return String(read()); } catch (error: any) { return `${error.name} ${error instanceof ReferenceError}`; }
}
export const early = [attempt(() => value), attempt(() => Late), attempt(() => a.value)].join();
export const hoisted = hoist();
