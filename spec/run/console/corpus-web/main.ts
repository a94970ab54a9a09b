// Web and Bun objects as console.log prints them.
console.log(new URL("https://user:pw@example.com:8080/p/a?q=1&r=2#h"), [new URL("http://a/")], { u: new URL("http://a/") });
console.log(new URLSearchParams(), new URLSearchParams("a=1&b=2&a=3"), [new URLSearchParams("x=y")]);
console.log(new Headers(), new Headers({ "Content-Type": "text/html", "x-a": "1" }), { h: new Headers({ a: "b" }) });
console.log(new Request("http://a/b"), new Request("http://a/b", { method: "POST", body: "x", headers: { a: "b" } }), [new Request("http://a/")]);
console.log(new Response(), new Response("body", { status: 404, headers: { a: "b" } }), Response.json({ a: 1 }), [new Response("x")], { r: new Response("x") });
console.log(new Blob(), new Blob(["abc"], { type: "text/plain" }), [new Blob(["a"])], new File(["x"], "n.txt", { type: "text/plain", lastModified: 5 }));
const fd = new FormData(); fd.append("a", "1"); fd.append("a", "2"); fd.append("f", "2"); console.log(fd, [fd]);
console.log(Bun.file("/nowhere/does-not-exist"), Bun.file("/nowhere/x.json", { type: "text/plain" }), [Bun.file("a")]);
console.log(setTimeout(() => {}, 0), setInterval.name);
console.log(Buffer.from("x").buffer.constructor.name, structuredClone({ a: new Date(0) }));
console.log({ $$typeof: Symbol.for("react.element"), type: "div", key: null, ref: null, props: { a: 1, b: "x", children: "text" } });
console.log({ $$typeof: Symbol.for("react.transitional.element"), type: "div", key: "k", props: { className: "c", n: 5, on: () => {}, o: { a: 1 }, children: [{ $$typeof: Symbol.for("react.transitional.element"), type: "b", key: null, props: { children: "bold" } }, "text"] } });
console.log([{ $$typeof: Symbol.for("react.element"), type: function Comp() {}, key: null, props: {} }]);
console.log({ $$typeof: Symbol.for("react.element"), type: Symbol.for("react.fragment"), key: null, props: { children: ["a", "b"] } });
console.log(await import("node:path").then((m) => Object.prototype.toString.call(m)));
console.log(await import("./module_fixture.mjs"));
console.log([await import("./module_fixture.mjs")]);
