// express with middleware of its own and of others, over a socket.
import cors from "cors";
import express from "express";
import helmet from "helmet";

const app = express(); app.use(helmet(), cors(), express.json());
app.get("/u/:id", (q, s) => s.json({ id: q.params.id, q: q.query })); app.post("/p", (q, s) => s.status(201).send(q.body));
app.get("/r", (q, s) => s.redirect("/u/1")); app.get("/e", () => { throw new Error("boom"); }); app.get("/f", (q, s) => s.sendFile(new URL("./package.json", import.meta.url).pathname)); app.get("/c", (q, s) => s.cookie("a", "b c", { maxAge: 1000, path: "/" }).end("ok"));
app.use((e: any, _q: any, s: any, _n: any) => s.status(500).send("E " + e.message));
const server = app.listen(0, "127.0.0.1", async () => { const base = `http://127.0.0.1:${(server.address() as any).port}`;
for (const [p, o] of [["/u/3?a=b", {}], ["/p", { method: "POST", body: '{"z":[1]}', headers: { "content-type": "application/json" } }], ["/r", {}], ["/e", {}], ["/none", {}], ["/f", {}], ["/c", {}], ["/p", { method: "POST", body: "{bad", headers: { "content-type": "application/json" } }]] as any) { const r = await fetch(base + p, o); const b = await r.text(); console.log(r.status, b.length > 100 ? "long" : b, r.headers.get("content-type"), r.headers.get("etag") !== null, r.headers.get("set-cookie")?.replace(/Expires=.*/, "")); }
server.close(); });
