class Base { constructor(protected name: string) { console.log("base"); } }
class Point extends Base {
  readonly sum = 7;
  constructor(public x: number, private readonly y = 2, readonly z?: number) { super("point"); console.log(this.x, this.y, this.z, this.name, this.sum); }
}
console.log(Object.keys(new Point(1)).join());
