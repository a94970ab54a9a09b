import { used } from "./lib";
import Renamed, { type Option } from "./lib";

export * from "./star";
export { used as again, Renamed, type Option };
export { default } from "./lib";
export type { OnlyType } from "./lib";
export { type Shape as "a shape" } from "./lib";
export const value: typeof used = used;
export let first: number = 1, second: Option = {};

const local: string = "";
export { local as "not a name" };
