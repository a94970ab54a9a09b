const server = Bun.serve({
  port: 0,
  routes: {
    "/json": () => Response.json({ a: 1 }, { status: 201, headers: { "x-extra": "yes" } }),
    "/users/:id": (request) => new Response(`user ${request.params.id}`),
    "/static": new Response("static body", { headers: { "content-type": "text/custom" } }),
    "/methods": { GET: () => new Response("got"), POST: async (request) => new Response(`posted ${await request.text()}`) },
    "/files/*": (request) => new Response(new URL(request.url).pathname),
    "/throws": () => { throw new Error("broken"); },
  },
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === "/body") { const data: any = await request.json(); return new Response(data.text.toUpperCase()); }
    return new Response(`${request.method} ${url.pathname}${url.search} ${request.headers.get("x-test")}`, { status: 404 });
  },
  error: (error) => new Response(`error: ${error.message}`, { status: 500 }),
});
console.log(server.port! > 0, server.hostname, server.url.href === `http://localhost:${server.port}/`, server.pendingRequests);
const ask = async (path: string, init?: RequestInit) => { const r = await fetch(new URL(path, server.url), init); console.log(path, r.status, r.headers.get("content-type")?.replace(/;.*/, ""), r.headers.get("x-extra"), await r.text()); };
await ask("/json"); await ask("/users/a%20b"); await ask("/static"); await ask("/methods"); await ask("/methods", { method: "POST", body: "data" }); await ask("/files/a/b.txt"); await ask("/throws");
await ask("/body", { method: "POST", body: JSON.stringify({ text: "größe" }) });
await ask("/other?q=1", { headers: { "X-Test": "header" } });
await ask("/methods", { method: "DELETE" });
const many = await Promise.all(Array.from({ length: 50 }, (_, i) => fetch(new URL(`/users/${i}`, server.url)).then((r) => r.text())));
console.log(many[49], new Set(many).size);
await server.stop();
console.log("stopped", await fetch(server.url).catch(() => "refused"));
