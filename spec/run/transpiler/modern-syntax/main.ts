class Counter {
  static #made = 0; #value = 1;
  static { Counter.#made = 10; }
  static isCounter(value: object) { return #value in value; }
  get value() { return this.#value; } set value(next) { this.#value ??= next; this.#value &&= next; }
  static get made() { return Counter.#made; }
}
const counter = new Counter(); counter.value = 5;
const object: any = { a: { b: [1, 2, 3] } };
label: for (const i of [1, 2, 3]) { for (;;) { if (i === 2) break label; continue label; } }
async function* numbers() { yield* [1, 2]; }
const collected: number[] = [];
for await (const n of numbers()) collected.push(n ** 2);
console.log(counter.value, Counter.made, Counter.isCounter(counter), object?.a?.["b"]?.at?.(-1), object.x?.y.z ?? "none", collected, 1_000n * 2n);
console.log(/(?<year>\d{4})-(?<month>\d\d)/u.exec("2024-05")?.groups?.year, "a-b".replaceAll("-", "+"), `tag ${"x"}`, String.raw`\n${1}`);
