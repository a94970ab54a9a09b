import * as a from "./a.ts";
console.log("b before");
export const b = await Promise.resolve("B");
try { a.a; } catch (error: any) { console.log("b sees", error.name); }
