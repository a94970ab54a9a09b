// Members of const enums of other modules, by every way they can be named.
import { Size, Plain, Other, Twice, Computed, inner } from "./again";
import Default, { Renamed } from "./sizes";
import * as ns from "./again";
import { Script } from "./script.cjs";

console.log(Size.Small, Size.Large, Size.Negative, Size.Name, Size["with-dash"], Size[`Large`], Size.Not);
console.log(Plain.A, Other.Large, Twice.A, Renamed.A, Default.A, inner.Size.Large, inner["Size"]["Small"]);
console.log(ns.Size.Name.length, ns.Plain.A, ns.Other.Small, ns.inner.Size.Large, Script.A);
console.log(Computed.A, Computed.B, Computed.C);
const text = "a"
Size.Negative
console.log(text, Size.Small .toFixed(2), Size.Small.toFixed(1), -Size.Negative, Size /* and */
  . /* a */ Large, { Size, [Size.Small]: Size.Large, Small: Size.Small });
{
  const Size = { Small: "shadowed" };
  console.log(Size.Small);
}
class Shapes { static large = Size.Large; size = ns.Size.Small }
console.log(Shapes.large, new Shapes().size, `${Size.Small}`, Size.Small ? "yes" : "no");
const enum Mine { A = Size.Large }
console.log(Mine.A, typeof Size, Size["Missing" as "Small"], Size[4 as any]);
export const enum Mine2 { A = Size.Large | 1 }
