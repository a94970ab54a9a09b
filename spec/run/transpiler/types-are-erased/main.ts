import { type Shape, area, type Unused } from "./shape.ts";
import type { OnlyType } from "./shape.ts";
declare const nowhere: string;
declare global { interface Extra { x: number } }
abstract class Base<T extends object = {}> {
  declare readonly hidden: T;
  protected abstract kind(): string;
  optional?: number;
  definite!: string;
  public toString(this: Base<T>): string { return this.kind(); }
  static overloaded(a: string): string;
  static overloaded(a: number): string;
  static overloaded(a: unknown): string { return typeof a; }
}
class Leaf extends Base<{ a: 1 }> implements OnlyType { protected override kind() { return "leaf"; } id = 1 as const; }
function isString(value: unknown): value is string { return typeof value === "string"; }
function assertDefined<T>(value: T | undefined): asserts value is T { if (value === undefined) throw new Error(); }
const generic = <T,>(value: T): T => value;
const config = { port: 80, host: "h" } satisfies Record<string, unknown>;
let value = ("text" as unknown) as string;
const sure = value!.length;
const less = (<number>sure) < 5 && generic<number>(3) > 2;
assertDefined(config);
const shape: Shape = { width: 2, height: 3 };
console.log(String(new Leaf()), Base.overloaded(1), isString(value), config.port, sure, less, area(shape), "hidden" in new Leaf(), "optional" in new Leaf());
type Later = Unused;
export type { Later };
export {};
