const log = (...a: unknown[]) => console.log(...a);
const r = await fetch("data:text/html;charset=x;base64,PGI+YTwvYj4="); log(r.status, r.headers.get("content-type"), await r.text(), r.url.slice(0, 14));
log(await (await fetch("data:,a%20b%zz")).text(), (await fetch("data:,x")).headers.get("content-type"), (await fetch("data:;charset=y,x")).headers.get("content-type"), (await (await fetch("data:image/png;base64,iVBO")).blob()).type);
await fetch("data:nocomma").catch((e) => log("invalid")); await fetch("data:;base64,*").catch(() => log("invalid")); await fetch("nonsense").catch((e) => log(e.name));
const aborted = AbortSignal.abort(new Error("mine")); await fetch("data:,x", { signal: aborted }).catch((e) => log(e.message));
const server = Bun.serve({ port: 0, routes: { "/go": () => Response.redirect("/there", 302), "/there": (q) => new Response(`${q.method} ${q.headers.get("x")}`), "/echo": async (q) => new Response((await q.text()).toUpperCase()), "/loop": () => Response.redirect("/loop"), "/stream": () => new Response(new ReadableStream({ async start(c) { for (const part of "abc") { c.enqueue(new TextEncoder().encode(part)); await Bun.sleep(1); } c.close(); } })), "/never": () => new Promise<Response>(() => {}) }, fetch: () => new Response("none", { status: 404 }) });
const at = (path: string) => new URL(path, server.url);
const go = await fetch(at("/go"), { headers: { x: "y" } }); log(go.status, go.redirected, new URL(go.url).pathname, await go.text());
log((await fetch(at("/go"), { redirect: "manual" })).status, await fetch(at("/go"), { redirect: "error" }).catch((e) => e.name), await fetch(at("/loop")).catch((e) => e.name), (await fetch(at("/x"))).ok);
log(await (await fetch(at("/echo"), { method: "POST", body: "größe" })).text(), await (await fetch(at("/echo"), { method: "PUT", body: new Blob(["blob"]) })).text());
const parts: string[] = []; for await (const chunk of (await fetch(at("/stream"))).body as any) parts.push(new TextDecoder().decode(chunk)); log(parts.join(""));
log(await fetch(at("/never"), { signal: AbortSignal.timeout(30) }).catch((e) => e.name), (await fetch(at("/there"), { method: "HEAD" })).status);
const all = await Promise.all(Array.from({ length: 40 }, (_, i) => fetch(at("/echo"), { method: "POST", body: `b${i}` }).then((x) => x.text()))); log(all[39], new Set(all).size);
// A kept connection that is found closed when it is used is replaced by a new one.
await server.stop(true); log(await fetch(server.url).catch((e) => e.code));
