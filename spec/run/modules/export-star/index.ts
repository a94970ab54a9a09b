export * from "./a.ts";
export * from "./b.ts";
export * as nested from "./b.ts";
export const own = "index";
