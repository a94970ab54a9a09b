// Streamed responses: pulled, generated, endless, failing, echoed; the source hears of a client that leaves.
let cancelled = 0;
const server = Bun.serve({ port: 0, async fetch(req) {
  const p = new URL(req.url).pathname;
  if (p === "/gen") return new Response((async function* () { for (let i = 0; i < 5; i++) { yield `part${i};`; await Bun.sleep(1); } })());
  if (p === "/big") { let n = 200; return new Response(new ReadableStream({ pull(c) { if (n-- === 0) c.close(); else c.enqueue(new Uint8Array(100_000)); } })); }
  if (p === "/err") return new Response(new ReadableStream({ pull(c) { c.enqueue("a"); c.error(new Error("source failed")); } }));
  if (p === "/infinite") return new Response(new ReadableStream({ async pull(c) { await Bun.sleep(1); c.enqueue("x".repeat(1000)); }, cancel() { cancelled++; } }));
  if (p === "/echo") return new Response(req.body);
  if (p === "/sse") return new Response(new ReadableStream({ async start(c) { for (let i = 0; i < 3; i++) { c.enqueue(`data: ${i}\n\n`); await Bun.sleep(2); } c.close(); } }), { headers: { "content-type": "text/event-stream" } });
  return new Response("no");
} });
const get = (p, init?) => fetch(new URL(p, server.url), init);
console.log(await (await get("/gen")).text());
console.log((await (await get("/big")).arrayBuffer()).byteLength);
console.log(await (await get("/err")).text().catch((e) => "broken"));
console.log((await (await get("/echo", { method: "POST", body: "z".repeat(2_000_000) })).text()).length);
console.log(JSON.stringify(await (await get("/sse")).text()));
const c = new AbortController(); const r = await get("/infinite", { signal: c.signal }); const rd = r.body.getReader(); await rd.read(); c.abort(); 
while (cancelled === 0) await Bun.sleep(5);
console.log("cancelled", cancelled, server.pendingRequests);
await server.stop();
