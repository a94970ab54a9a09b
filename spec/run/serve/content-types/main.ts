// The content type of each kind of body, charset and all, and what a program says itself.
const bodies: Record<string, () => Response> = {
  text: () => new Response("text"),
  json: () => Response.json({}),
  blob: () => new Response(new Blob(["b"], { type: "image/png" })),
  "blob-text": () => new Response(new Blob(["b"], { type: "text/plain" })),
  bytes: () => new Response(new Uint8Array([1])),
  params: () => new Response(new URLSearchParams("a=b")),
  stream: () => new Response(new ReadableStream({ start: (controller) => controller.close() })),
  empty: () => new Response(null),
  own: () => new Response("x", { headers: { "content-type": "text/Own; Charset=X" } }),
  file: () => new Response(Bun.file(import.meta.path)),
};
const server = Bun.serve({ port: 0, fetch: (request) => bodies[new URL(request.url).pathname.slice(1)]!() });
for (const name of Object.keys(bodies)) {
  const response = await fetch(new URL(name, server.url));
  console.log(name, response.status, response.headers.get("content-type"));
  await response.arrayBuffer();
}
await server.stop();
