const packed: Record<string, string> = {
  "gzip": "H4sIAAAAAAAAA8tIzcnJVyjPL8pJUcgYZY+yR9mj7FH2KHuUPcoeZVPMBgDXK1AKYAkAAA==",
  "deflate": "eJzLSM3JyVcozy/KSVHIGGWPskfZo+xR9ih7lD3KHmVTzAYA5YGBDg==",
  "raw": "y0jNyclXKM8vyklRyBhlj7JH2aPsUfYoe5Q9yh5lU8wGAA==",
  "br": "G18J+I2Ubt5EVYaWIGxvNctjtUAGVNshAAA=",
  "zstd": "KLUv/WBgCJ0AAGBoZWxsbyB3b3JsZCABAFG5X5I=",
  "gzip, br": "ixmAH4sIAAAAAAAAA8tIzcnJVyjPL8pJUcgYZY+yR9mj7FH2KHuUPcoeZVPMBgDXK1AKYAkAAAM=",
};
const log = (...a: unknown[]) => console.log(...a);
const server = Bun.serve({
  port: 0,
  fetch: (q) => {
    const u = new URL(q.url).searchParams;
    if (u.has("accept")) return new Response(q.headers.get("accept-encoding"));
    const bytes = Uint8Array.fromBase64(packed[u.get("b") as string] ?? "");
    const cut = bytes.subarray(0, bytes.length - Number(u.get("cut") ?? 0));
    const body = u.has("bad") ? new Uint8Array([255, 255, 255, 255]) : u.has("stream") ? new ReadableStream({ async start(c) { for (const byte of cut) c.enqueue(new Uint8Array([byte])); c.close(); } }) : cut;
    return new Response(body, { headers: { "content-encoding": u.get("e") as string } });
  },
});
const get = (query: string, init?: object) => fetch(new URL(`?${query}`, server.url), init);
const show = async (query: string, init?: object) => { try { const r = await get(query, init); const text = await r.text(); log(query, r.headers.get("content-encoding"), text.length, text.slice(0, 11) === "hello world"); } catch (e: any) { log(query, e.name, e.code); } };
log(await (await get("accept")).text(), await (await get("accept", { decompress: false })).text(), await (await get("accept", { headers: { "accept-encoding": "br" } })).text());
for (const [coding, field] of [["gzip", "gzip"], ["gzip", "X-GZIP"], ["deflate", "deflate"], ["raw", "deflate"], ["br", "br"], ["zstd", "zstd"], ["gzip, br", "gzip, br"], ["gzip", "identity, gzip"]]) {
  const query = `b=${encodeURIComponent(coding as string)}&e=${encodeURIComponent(field as string)}`;
  await show(query); await show(`${query}&stream`); await show(`${query}&cut=9`); await show(`${query}&stream&cut=1`); await show(`${query}&bad`);
}
await show("b=gzip&e=strange"); await show("b=none&e=gzip"); await show("b=none&e=br");
const raw = await get("b=gzip&e=gzip", { decompress: false }); log([...(await raw.bytes()).subarray(0, 2)]);
const head = await get("b=gzip&e=gzip", { method: "HEAD" }); log(head.status, await head.text());
let text = ""; for await (const chunk of (await get("b=br&e=br&stream")).body as any) text += new TextDecoder().decode(chunk); log(text.length);
await server.stop(true);
