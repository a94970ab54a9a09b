import { gzipSync, deflateSync } from "node:zlib";
const text = "squeeze ".repeat(20000);
const s = Bun.serve({ port: 0, fetch: (r) => { const u = new URL(r.url); if (u.pathname === "/h") return Response.json(r.headers.get("accept-encoding")); const enc = u.pathname.slice(1); return new Response(enc === "gzip" ? gzipSync(text) : deflateSync(text), { headers: { "content-encoding": enc } }); } });
for (const enc of ["gzip", "deflate"]) { const r = await fetch(s.url + enc); console.log(r.headers.get("content-encoding"), (await r.text()) === text); let n = 0; for await (const c of (await fetch(s.url + enc)).body!) n += c.length; console.log(n === text.length); }
console.log((await (await fetch(s.url + "gzip", { decompress: false } as any)).bytes()).length < 2000); await s.stop(true);
