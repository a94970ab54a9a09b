// The option `compression`: what is compressed, by which coding, and what is left alone.
const long = "The quick brown fox jumps over the lazy dog. ".repeat(100);
const server = Bun.serve({
  port: 0,
  compression: true,
  routes: { "/static": new Response(long) },
  fetch(request) {
    switch (new URL(request.url).pathname) {
      case "/short":
        return new Response("short");
      case "/png":
        return new Response(long, { headers: { "content-type": "image/png" } });
      case "/encoded":
        return new Response(long, { headers: { "content-encoding": "identity", "content-type": "text/plain" } });
      case "/events":
        return new Response(long, { headers: { "content-type": "text/event-stream" } });
      case "/tagged":
        return new Response(long, { headers: { etag: '"v1"', "content-type": "text/html" } });
      case "/json":
        return Response.json({ long });
      default:
        return new Response(long);
    }
  },
});
async function show(path: string, accept: string): Promise<void> {
  const response = await fetch(new URL(path, server.url), { headers: { "accept-encoding": accept }, decompress: false } as RequestInit);
  const bytes = await response.bytes();
  console.log(path, JSON.stringify(accept), response.status, response.headers.get("content-encoding"), response.headers.get("vary"), response.headers.get("etag")?.slice(0, 4) ?? null, bytes.length < long.length / 4 ? "small" : "as it is");
}
for (const accept of ["gzip", "br, gzip", "zstd", "gzip;q=0", "identity", "*", "gzip;q=1, br;q=0.1"]) await show("/", accept);
for (const path of ["/static", "/short", "/png", "/encoded", "/events", "/tagged", "/json"]) await show(path, "gzip");
const text = await (await fetch(server.url, { headers: { "accept-encoding": "gzip" } })).text();
console.log(text === long);
const first = await fetch(new URL("/static", server.url), { headers: { "accept-encoding": "gzip" } });
await first.text();
const again = await fetch(new URL("/static", server.url), { headers: { "accept-encoding": "gzip", "if-none-match": first.headers.get("etag")! } });
console.log(again.status);
await server.stop();
for (const compression of [{ encodings: ["lzma"] }, "yes"]) {
  try {
    Bun.serve({ port: 0, compression, fetch: () => new Response() } as never);
  } catch (error) {
    console.log((error as Error).message);
  }
}
