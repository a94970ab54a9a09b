// A web framework without a socket: requests go to the application directly.
import { Hono } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";

const app = new Hono();
app.use("*", cors());
app.get("/hello/:name", (c) => c.json({ hello: c.req.param("name"), q: c.req.query("q") }));
app.post("/echo", async (c) => c.text((await c.req.text()).toUpperCase(), 201, { "x-extra": "yes" }));
app.get("/fail", () => { throw new HTTPException(418, { res: Response.json({ error: "teapot" }, { status: 418, headers: { "content-type": "application/problem+json" } }) }); });

for (const request of [
  new Request("http://localhost/hello/crust?q=1"),
  new Request("http://localhost/echo", { method: "POST", body: "quiet" }),
  new Request("http://localhost/fail"),
  new Request("http://localhost/nothing"),
]) {
  const response = await app.request(request);
  console.log(response.status, response.headers.get("content-type"), response.headers.get("x-extra"), await response.text());
}
