interface Named { name: string }
const named: Named = { name: "one" };
export function describe(): string { return `part ${named.name}`; }
export class Counter {
  #value = 0;
  next(): number { return ++this.#value; }
  fail(): never { throw new RangeError("too far"); }
}
