import { unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
const log = (...a: unknown[]) => console.log(...a);
const server = Bun.serve({
  port: 0,
  // What becomes of requests whose bodies fail is the client's to show here.
  error: () => new Response("failed", { status: 500 }),
  routes: {
    // Answers before it has read the body.
    "/early": () => new Response("early"),
    "/count": async (q) => { let n = 0; for await (const c of q.body ?? []) n += (c as Uint8Array).length; return new Response(`${n} ${q.headers.get("content-length")} ${q.headers.get("transfer-encoding")}`); },
  },
  fetch: async (q) => new Response(`${q.method} [${await q.text()}] ${q.headers.get("content-length")} ${q.headers.get("transfer-encoding")} ${q.headers.get("content-type")}`),
});
const at = (path: string) => new URL(path, server.url);
const send = async (body: unknown, init: object = {}, path = "/") => log(await fetch(at(path), { method: "POST", body, ...init } as any).then((r) => r.text(), (e) => `${e.name} ${e.code} ${e.message}`));
await send("größe"); await send(new Uint8Array([97, 98])); await send(new URLSearchParams({ a: "b c" })); await send(new Blob(["blob"], { type: "text/x" })); await send(""); await send(undefined); await send(undefined, { method: "DELETE" }); await send(undefined, { method: "PUT" });
await send((async function* () { yield "a"; yield new Uint8Array([98]); yield new TextEncoder().encode("c").buffer; })());
const stream = (parts: unknown[]) => new ReadableStream({ pull(c) { if (parts.length) c.enqueue(parts.shift()); else c.close(); } });
await send(stream(["x", new Uint8Array([121])])); await send(stream([])); await send(stream(["abc"]), { headers: { "content-length": "3" } });
await send(stream(["ok", 5])); await send(new ReadableStream({ pull() { throw new Error("mine"); } })); await send(new ReadableStream({ async pull(c) { c.enqueue("some"); await 0; c.error(new RangeError("later")); } }));
const used = stream(["a"]); used.getReader(); await send(used);
const path = `${tmpdir()}/crust-upload-${process.pid}.json`; writeFileSync(path, "x".repeat(1_000_000));
await send(Bun.file(path), {}, "/count"); await send(Bun.file(path).slice(5, 300_005), {}, "/count"); unlinkSync(path); await fetch(at("/"), { method: "POST", body: Bun.file(path) }).catch((e) => log(e.code, e.syscall));
// More than fits anywhere: the source is asked only as the server reads.
let made = 0; await send(new ReadableStream({ pull(c) { if (made++ < 300) c.enqueue(new Uint8Array(65536)); else c.close(); } }, { highWaterMark: 0 }), {}, "/count");
// A request's body is used by sending it, and a Request can be sent once.
const request = new Request(at("/"), { method: "POST", body: "once" }); log(await (await fetch(request)).text(), request.bodyUsed, await fetch(request).catch((e) => e.name));
// A response's body goes on as another request's.
await send((await fetch(at("/"), { method: "POST", body: "inner" })).body);
const a = new AbortController(); let cancelled: unknown; const endless = fetch(at("/count"), { method: "POST", signal: a.signal, body: new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(65536)); if (!a.signal.aborted && made++ > 400) a.abort(new Error("stop")); }, cancel(r) { cancelled = r; } }, { highWaterMark: 0 }) } as any);
log(await endless.catch((e) => e.message), (cancelled as Error)?.message);
await server.stop(true);
