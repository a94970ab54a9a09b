// Request bodies of every size and framing, read whole, as a stream, late, twice and not at all.
const server = Bun.serve({
  port: 0,
  maxRequestBodySize: 1_000_000,
  async fetch(request) {
    switch (new URL(request.url).pathname) {
      case "/text":
        return new Response(String((await request.text()).length));
      case "/json":
        return Response.json(await request.json());
      case "/bytes":
        return new Response(String((await request.bytes()).reduce((sum, byte) => sum + byte, 0)));
      case "/form": {
        const form = await request.formData();
        return new Response([...form].map(([name, value]) => `${name}=${typeof value === "string" ? value : `${value.name}:${value.size}`}`).join());
      }
      case "/stream": {
        let length = 0;
        for await (const chunk of request.body!) length += chunk.length;
        return new Response(String(length));
      }
      case "/late":
        await Bun.sleep(5);
        return new Response(String((await request.text()).length));
      case "/twice":
        await request.text();
        return request.text().then(() => new Response("read twice"), (error) => new Response(`${error.name} ${request.bodyUsed}`));
      case "/unread":
        return new Response("not read");
      default:
        return new Response(`${request.body === null}`);
    }
  },
  error: (error) => new Response(`${error.name}`, { status: 500 }),
});
async function post(path: string, body: BodyInit): Promise<void> {
  const response = await fetch(new URL(path, server.url), { method: "POST", body });
  console.log(path, response.status, await response.text());
}
for (const size of [0, 1, 1000, 70_000, 900_000]) {
  const text = "x".repeat(size);
  for (const path of ["/text", "/stream", "/late", "/unread", "/twice"]) if (size > 0) await post(path, text);
}
await post("/json", JSON.stringify({ deep: [1, { text: "gr\u00f6\u00dfe \u{1f600}" }] }));
await post("/json", "{ broken");
await post("/bytes", new Uint8Array([1, 2, 3]));
const form = new FormData();
form.set("field", "value");
form.set("file", new File(["content"], "name.txt"));
await post("/form", form);
console.log(await (await fetch(server.url)).text());
const tooLarge = await fetch(new URL("/text", server.url), { method: "POST", body: "x".repeat(1_000_001) });
console.log(tooLarge.status);
console.log(server.pendingRequests);
await server.stop();
