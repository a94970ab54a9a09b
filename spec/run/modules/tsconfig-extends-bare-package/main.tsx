const make = (name: string, props: unknown, ...children: unknown[]) => [name, props, ...children];
console.log(JSON.stringify(<p id="a">text</p>));
