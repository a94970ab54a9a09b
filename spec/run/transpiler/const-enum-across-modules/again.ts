export * from "./sizes.ts";
export * as inner from "./sizes.ts";
export { Size as Other } from "./sizes";
import { Renamed } from "./sizes";
export { Renamed as Twice };
