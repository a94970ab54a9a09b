// A server framework: hooks, schemas, errors and streams, by injection and over a socket.
import Fastify from "fastify";
import { Readable } from "node:stream";

const app = Fastify({ logger: false });
app.addHook("onRequest", async (_request, reply) => { reply.header("x-hook", "1"); });
const schema = {
  params: { type: "object", properties: { name: { type: "string", minLength: 2 } } },
  response: { 200: { type: "object", properties: { hello: { type: "string" }, n: { type: "number" } } } },
};
app.get("/hello/:name", { schema }, async (request: any) => ({ hello: request.params.name, n: "3", secret: 1 }));
app.post("/echo", async (request, reply) => reply.code(201).send(request.body));
app.get("/error", async () => { throw Object.assign(new Error("bad"), { statusCode: 418 }); });
app.get("/stream", (_request, reply) => { reply.type("text/plain").send(Readable.from(["a", "b"])); });
const requests: any[] = ["/hello/world", "/hello/x", "/error", "/none", "/stream", { method: "POST", url: "/echo", payload: { a: [1] } }, { method: "HEAD", url: "/hello/abc" }];
for (const request of requests) {
  const { statusCode, payload, headers: { date, ...headers } } = await app.inject(request);
  console.log(statusCode, payload, typeof date, JSON.stringify(headers));
}
await app.listen({ port: 0, host: "127.0.0.1" });
const base = `http://127.0.0.1:${(app.server.address() as any).port}`;
const got = await fetch(`${base}/hello/net`);
console.log(got.status, await got.text(), got.headers.get("x-hook"));
const posted = await fetch(`${base}/echo`, { method: "POST", body: '{"z":1}', headers: { "content-type": "application/json" } });
console.log(posted.status, await posted.text());
await app.close();
