// The option `accessLog`: one entry for each answer.
const entries: object[] = [];
const server = Bun.serve({
  port: 0,
  accessLog: ({ method, url, status, duration, address }: any) => entries.push([method, new URL(url).pathname, status, duration >= 0, address]),
  fetch(request) {
    if (request.url.endsWith("/throws")) throw new Error("expected");
    return new Response("ok", { status: request.method === "POST" ? 201 : 200 });
  },
  error: () => new Response("failed", { status: 500 }),
} as never);
await fetch(new URL("/a", server.url));
await fetch(new URL("/b", server.url), { method: "POST" });
await fetch(new URL("/throws", server.url));
for (const entry of entries) console.log(entry);
await server.stop();
