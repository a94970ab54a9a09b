import * as shapes from "./shapes";
import type * as types from "./types";
import * as self from "./main";

export const all: typeof shapes = shapes;
export type One = shapes.Circle;
export class Big extends shapes.Base<types.Unit> {}
export type Lazy = import("./lazy").Lazy<shapes.Circle>;
export type Module = typeof import("./lazy");
export const late: typeof import("./lazy").value = 1;
export type Self = typeof self;
export * as nested from "./nested";
export namespace inner { export type Inner = shapes.Circle; }
import Alias = shapes.deep.Deep;
export { Alias };
