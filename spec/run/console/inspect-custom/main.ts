const { inspect } = require("node:util");
class Money { constructor(private cents: number) {} [inspect.custom](depth: number, options: any, i: any) { return `Money<${(this.cents / 100).toFixed(2)}> ${typeof depth} ${typeof options}`; } }
console.log(new Money(150), [new Money(5)]);
console.log(Bun.inspect({ a: [1, new Money(1)] }), Bun.inspect.custom === inspect.custom);
