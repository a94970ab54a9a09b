class Point { x = 1; #hidden = 2; get length() { return 3; } static shared = 4; method() {} }
class Named extends Point { get [Symbol.toStringTag]() { return "Tagged"; } }
const circular: any = { name: "circular" }; circular.self = circular; circular.list = [circular];
console.log(new Point(), new Named(), circular);
console.log({ get read() { return 1; }, set write(v: any) {}, get both() { return 1; }, set both(v) {}, fn() {}, arrow: () => {} });
console.log(Object.create(null), Object.create({ inherited: 1 }), Object.assign(Object.create(null), { own: 1 }));
console.log(new Proxy({ target: 1 }, {}), new Proxy([1, 2], {}), new Proxy(function target() {}, {}));
console.log(new String("boxed"), new Number(1), new Boolean(false));
console.log(Object.assign(() => {}, { extra: 1 }), Object.assign([1, 2], { extra: "x" }), (function () { return arguments; })(1, 2));
console.log([{ a: 1, b: 2 }, { a: 3, b: 4 }], { list: [{ deep: [1, 2, { x: 1 }] }] });
console.log("a'b", ["a'b", 'a"b', "a\nb", `a\`b`, "\u0000\u001b"], { "key with 'quote": 1 });
