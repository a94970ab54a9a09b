// The store of a request, kept across every wait of its handler.
import { Hono } from "hono";
import { contextStorage, getContext } from "hono/context-storage";
const app = new Hono<{ Variables: { id: string } }>();
app.use(contextStorage());
app.use(async (c, next) => { c.set("id", c.req.query("id")!); await next(); });
const deep = async () => { await new Promise((r) => setTimeout(r, Math.random() * 4)); return getContext<{ Variables: { id: string } }>().var.id; };
app.get("/", async (c) => { await Promise.resolve(); const id = await deep(); return c.text(id + (await deep())); });
const out = await Promise.all(Array.from({ length: 20 }, async (_, i) => (await app.request(`/?id=${i}`)).text()));
console.log(out.every((t, i) => t === `${i}${i}`), out.slice(0, 3));
