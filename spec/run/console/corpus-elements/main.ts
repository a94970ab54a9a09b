// JSX elements as markup.
const R = Symbol.for("react.element"); const el = (type: any, props: any = {}, key: any = null) => ({ $$typeof: R, type, key, props });
console.log(el("div", { children: el("b", { children: "x" }) }));
console.log(el("div", { children: ["a"] }), el("div", { children: 5 }), el("div", { children: [1, null, true, "s", undefined] }), el("div", { children: null }));
console.log(el("div", { a: null, b: undefined, c: true, d: false, e: "it's \"q\"", f: [1, 2], g: new Map(), "data-x": 1, h: "" , children: "multi\nline"}));
console.log(el("div", { aaaaaaaaaaaaaaaaaaaaa: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", ccccccccccccccccccccc: "dddddddddddddddddddddddddddd", eeeee: 1, fffff: 2, ggg: 3 }));
console.log(el("div", { aaaaaaaaaaaaaaaaaaaaa: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", ccccccccccccccccccccc: "dddddddddddddddddddddddddddd", eeeee: 1, fffff: 2, ggg: 3, children: ["x", el("p", { children: ["deep", el("i")] })] }));
console.log({ e: el("div", { children: ["x", el("b", {})] }) }, [el("div", { children: ["x"] })]);
console.log(el(class Foo {}, {}), el(() => {}, {}), el(5, {}), el(null, {}), el({ displayName: "DN" }, {}), el(Object.assign(() => {}, { displayName: "Disp" }), {}), el(Symbol.for("react.fragment"), {}), el(Symbol("q"), {}));
console.log(el("a", {}, "k"), el("a", {}, 5), el("a", { children: "c" }, ""), el("a", { key: 1 }, "z"));
console.log(el("a", { o: { b: el("c", { d: 1 }) } }), el("a", { x: el("c", { d: 1, children: "q" }) }));
console.log(el("a", undefined), el("a", { children: { not: "element" } }), el("a", { children: [{ x: 1 }, [1, 2]] }), el("a", {children: () => {}}));
