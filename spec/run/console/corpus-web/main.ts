// Web and Bun objects as console.log prints them.
console.log(new URL("https://user:pw@example.com:8080/p/a?q=1&r=2#h"), [new URL("http://a/")], { u: new URL("http://a/") });
console.log(new URLSearchParams(), new URLSearchParams("a=1&b=2&a=3"), [new URLSearchParams("x=y")]);
console.log(new Headers(), new Headers({ "Content-Type": "text/html", "x-a": "1" }), { h: new Headers({ a: "b" }) });
console.log(new Request("http://a/b"), new Request("http://a/b", { method: "POST", body: new Uint8Array(1), headers: { a: "b" } }), [new Request("http://a/")]);
console.log(new Response(), new Response(new Uint8Array(4), { status: 404, headers: { a: "b" } }), Response.redirect("http://a/"), [new Response(new Uint8Array(1))], { r: new Response(new Uint8Array(1)) });
console.log(new Blob(), new Blob(["abc"], { type: "a/b" }), [new Blob(["a"])], new File(["x"], "n.txt", { type: "a/b", lastModified: 5 }));
const fd = new FormData(); fd.append("a", "1"); fd.append("a", "2"); fd.append("f", "2"); console.log(fd, [fd]);
console.log(Bun.file("/nowhere/does-not-exist"), Bun.file("/nowhere/x.json", { type: "a/b" }), [Bun.file("a")]);
console.log(setTimeout(() => {}, 0), setInterval.name);
console.log(Buffer.from("x").buffer.constructor.name, structuredClone({ a: new Date(0) }));
console.log({ $$typeof: Symbol.for("react.element"), type: "div", key: null, ref: null, props: { a: 1, b: "x", children: "text" } });
console.log({ $$typeof: Symbol.for("react.transitional.element"), type: "div", key: "k", props: { className: "c", n: 5, on: () => {}, o: { a: 1 }, children: [{ $$typeof: Symbol.for("react.transitional.element"), type: "b", key: null, props: { children: "bold" } }, "text"] } });
console.log([{ $$typeof: Symbol.for("react.element"), type: function Comp() {}, key: null, props: {} }]);
console.log({ $$typeof: Symbol.for("react.element"), type: Symbol.for("react.fragment"), key: null, props: { children: ["a", "b"] } });
console.log(await import("./module_fixture.mjs"));
console.log([await import("./module_fixture.mjs")]);
