// Middleware over node:http: contexts, cookies, errors and streams.
import Koa from "koa";
const app = new Koa(); app.silent = true;
app.use(async (ctx, next) => { const s = 1; await next(); ctx.set("X-Time", String(s)); });
app.use(async (ctx) => { if (ctx.path === "/json") ctx.body = { a: 1, q: ctx.query }; else if (ctx.path === "/err") ctx.throw(403, "no"); else if (ctx.path === "/cookie") { ctx.cookies.set("a", "b", { httpOnly: true }); ctx.body = ctx.cookies.get("c") ?? "none"; } else if (ctx.path === "/stream") { const { Readable } = await import("node:stream"); ctx.body = Readable.from(["x", "y"]); } });
const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.on("listening", resolve as () => void));
const base = `http://127.0.0.1:${(server.address() as any).port}`;
for (const p of ["/json?x=1&y=2", "/err", "/none", "/cookie", "/stream"]) { const r = await fetch(base + p, { headers: { cookie: "c=d" } }); console.log(r.status, await r.text(), r.headers.get("x-time"), r.headers.get("content-type"), r.headers.get("set-cookie")); }
server.close(); 
