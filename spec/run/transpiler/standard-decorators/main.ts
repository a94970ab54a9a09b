const log: string[] = [];
function logged(value: any, context: any) {
  log.push(`${context.kind} ${String(context.name)} static=${context.static} private=${context.private}`);
  context.addInitializer?.(function (this: any) { log.push(`init ${String(context.name)}`); });
  if (context.kind === "method") return function (this: any, ...args: any[]) { return "wrapped " + value.apply(this, args); };
  if (context.kind === "field") return (initial: any) => initial * 2;
  if (context.kind === "accessor") return { get(this: any) { return value.get.call(this) + 1; }, init: (initial: number) => initial + 10 };
}
@logged
class Example {
  @logged field = 21;
  @logged static shared = 1;
  @logged accessor counter = 5;
  @logged method(x: number) { return `method ${x}`; }
  @logged get value() { return "value"; }
  @logged #secret() { return "secret"; }
  reveal() { return this.#secret(); }
}
const example = new Example();
console.log(example.field, Example.shared, example.counter, example.method(3), example.value, example.reveal());
console.log(log.join("\n"));
