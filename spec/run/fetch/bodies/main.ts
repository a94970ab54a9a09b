const log = (...a: unknown[]) => console.log(...a);
let open = 0;
const server = Bun.serve({
  port: 0,
  routes: {
    "/small": () => new Response("small \u0000 text"), "/utf8": () => new Response("\ufeffgrößer"), "/json": () => Response.json({ a: [1] }), "/empty": () => new Response(null, { status: 204 }),
    "/big": () => new Response("0123456789".repeat(100_000)), "/bytes": () => new Response(new Uint8Array(300_000).map((_, i) => i)),
    "/parts": () => new Response(new ReadableStream({ async pull(c) { for (const part of ["a", "bc", "", "déf"]) { c.enqueue(new TextEncoder().encode(part)); await Bun.sleep(1); } c.close(); } })),
    "/endless": () => { open++; return new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(65536)); }, cancel() { open--; closed.resolve(undefined); } })); },
    "/never": () => new Promise<Response>(() => {}), "/half": () => new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array([97])); } })),
    "/headers": () => new Response("h", { headers: [["x-a", "1"], ["x-a", "2"], ["set-cookie", "a=1"], ["set-cookie", "b=2"], ["x-latin", "\xfc"]], statusText: "Very Fine" }),
  },
});
let closed = Promise.withResolvers<unknown>();
const at = (path: string) => fetch(new URL(path, server.url));
log(JSON.stringify(await (await at("/small")).text()), JSON.stringify(await (await at("/utf8")).text()), await (await at("/json")).json(), await (await at("/empty")).text(), (await at("/empty")).body);
log((await (await at("/big")).text()).length, (await (await at("/bytes")).bytes())[299_999], (await (await at("/bytes")).arrayBuffer()).byteLength, (await (await at("/big")).blob()).size);
log(await (await at("/parts")).text()); const parts: string[] = []; for await (const c of (await at("/parts")).body as any) parts.push(new TextDecoder().decode(c)); log(parts.join(""));
const twice = await at("/parts"); const copy = twice.clone(); log(await twice.text(), await copy.text(), twice.bodyUsed, await twice.text().catch((e) => e.name));
const byob = (await at("/bytes")).body!.getReader({ mode: "byob" }); let n = 0; for (;;) { const { done, value } = await byob.read(new Uint8Array(70_000)); if (done) break; n += value.length; } log(n);
const h = await at("/headers"); log(h.statusText, h.headers.get("x-a"), h.headers.getSetCookie(), h.headers.get("x-latin"), [...h.headers.keys()].includes("content-length"));
// Reading stops at the server when the reader stops.
const reader = (await at("/endless")).body!.getReader(); await reader.read(); await reader.cancel(); await closed.promise; log("cancelled", open);
closed = Promise.withResolvers(); const aborter = new AbortController(); const r = await fetch(new URL("/endless", server.url), { signal: aborter.signal }); const rest = r.body!.getReader(); await rest.read(); aborter.abort(new Error("enough")); log(await rest.read().catch((e) => e.message)); await closed.promise; log("aborted", open);
// Signals at every stage.
const name = (e: any) => e.name; const from = (path: string, init: object) => fetch(new URL(path, server.url), init);
// On a busy machine the time may be over before the head is there: it is the same error.
const read = async (path: string, init: object) => (await from(path, init)).text();
log(await from("/small", { signal: AbortSignal.abort() }).catch(name), await from("/never", { signal: AbortSignal.timeout(20) }).catch(name), await from("/never", { timeout: 20 }).catch(name), await read("/half", { signal: AbortSignal.timeout(50) }).catch(name), await read("/half", { timeout: 50 }).catch(name));
const late = new AbortController(); const done = await from("/small", { signal: late.signal }); late.abort(); log(JSON.stringify(await done.text()));
const own = new AbortController(); const pending = fetch(new Request(new URL("/never", server.url), { signal: own.signal })); own.abort("a reason"); log(await pending.catch((e) => e));
await server.stop(true);
