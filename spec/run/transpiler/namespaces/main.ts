namespace Shapes {
  export const unit = 1;
  export function area(side = unit) { return side * side; }
  const hidden = "hidden";
  export namespace Inner.Deep { export let value = hidden + unit; }
  export class Square { constructor(public side: number) {} }
}
namespace Shapes { export const merged = area(3); }
function callable() { return "called"; }
namespace callable { export const property = "property"; }
namespace OnlyTypes { export interface Nothing {} }
import Deep = Shapes.Inner.Deep;
console.log(Shapes.area(2), Shapes.merged, Deep.value, new Shapes.Square(5).side, callable(), callable.property, "hidden" in Shapes, typeof OnlyTypes === "undefined");
