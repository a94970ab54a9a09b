const x = { y: "member" };
const Pieces = "pieces";
const make = (name: unknown, props: unknown, ...children: unknown[]) => [name, props, ...children];
console.log(JSON.stringify(<><a-b c:d="e" /><x.y z={1} /></>, (_, value) => typeof value === "undefined" ? "undefined" : value));
