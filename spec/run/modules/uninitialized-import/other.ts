import { a } from "./main.ts";
import * as main from "./main.ts";
export const b = 2;
for (const read of [() => a, () => main.a]) {
  try { console.log(read()); } catch (error: any) { console.log(error.name, error.message); }
}
