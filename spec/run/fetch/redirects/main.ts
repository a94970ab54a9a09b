const log = (...a: unknown[]) => console.log(...a);
const server = Bun.serve({
  port: 0,
  routes: {
    "/to": (q) => { const u = new URL(q.url).searchParams; return new Response("on the way", { status: Number(u.get("s") ?? 302), headers: { location: u.get("l") ?? "" } }); },
    "/nowhere": () => new Response("stay", { status: 302 }),
    "/loop": () => new Response(null, { status: 302, headers: { location: "/loop" } }),
  },
  fetch: async (q) => {
    const names = ["authorization", "cookie", "content-type", "content-language", "x-kept"].filter((name) => q.headers.has(name));
    return new Response(`${q.method} ${new URL(q.url).pathname} [${await q.text()}] ${names}`);
  },
});
const at = (path: string) => new URL(path, server.url);
const to = (l: string, s = 302) => at(`/to?s=${s}&l=${encodeURIComponent(l)}`);
const headers = { authorization: "A", cookie: "c=1", "x-kept": "b", "content-type": "text/x", "content-language": "en" };
for (const method of ["GET", "POST", "PUT", "DELETE"]) for (const status of [301, 302, 303, 307, 308]) {
  const body = method === "POST" || method === "PUT" ? "data" : undefined;
  const r = await fetch(to("/end", status), { method, headers, body });
  log(method, status, r.status, r.redirected, await r.text());
}
log((await fetch(to("/end", 303), { method: "HEAD" })).redirected);
// Another origin gets no credentials.
const other = Bun.serve({ port: 0, fetch: (q) => new Response(`other ${["authorization", "cookie", "x-kept"].filter((name) => q.headers.has(name))}`) });
log(await (await fetch(to(String(other.url)), { headers })).text());
const stream = () => new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode("ab")); c.close(); } });
log(await fetch(to("/end", 307), { method: "POST", duplex: "half", body: stream() } as any).catch((e) => `${e.name}: ${e.message}`));
log(await (await fetch(to("/end", 303), { method: "POST", duplex: "half", body: stream() } as any)).text());
log(await (await fetch(to("/end", 308), { method: "POST", body: new Blob(["blob"]) })).text());
for (const [from, l] of [["#a", "/end"], ["#a", "/end#b"], ["", "end?x#c"]]) log(new URL((await fetch(`${to(l as string)}${from}`)).url).href.slice(server.url.href.length - 1));
const stay = await fetch(at("/nowhere")); log(stay.status, stay.redirected, await stay.text());
const manual = await fetch(to("/end"), { redirect: "manual" }); log(manual.status, manual.redirected, manual.headers.get("location"), await manual.text());
const code = (e: any) => `${e.name} ${e.code}`;
log(await fetch(to("/end"), { redirect: "error" }).catch(code), await fetch(at("/loop")).catch(code), await fetch(at("/loop"), { maxRedirects: 2 } as any).catch(code), await fetch(to("/end"), { maxRedirects: 0 } as any).catch(code), await (await fetch(to("/end"), { maxRedirects: 1 } as any)).text());
for (const l of ["http://[", "ftp://x/", "data:,x", "file:///etc/hosts"]) log(await fetch(to(l)).catch(code));
await server.stop(true); await other.stop(true);
