let n = 0;
const server = Bun.serve({ port: 0, fetch(q) {
  n++;
  const u = new URL(q.url);
  if (u.pathname === "/no") return new Response("x");
  if (u.pathname === "/204") return new Response(null, { status: 204 });
  console.log("request", n, q.headers.get("accept"), q.headers.get("last-event-id"), q.headers.get("cache-control"));
  if (n === 3) return new Response(null, { status: 204 });
  return new Response(new ReadableStream({ async start(c) {
    const bytes = new TextEncoder().encode(`\ufeffretry: 5\r\n\r\nid: ü${n}\rdata: grüße\r\rdata: a\ndata: b\n\nevent: add\ndata: {"x":1}\n\ndata: lost`);
    for (const b of bytes) { c.enqueue(new Uint8Array([b])); if (b === 13) await new Promise((r) => setTimeout(r, 1)); }
    c.close();
  } }), { headers: { "content-type": "text/event-stream; charset=utf-8" } });
} });
const es = new EventSource(new URL("/e", server.url), { withCredentials: true });
console.log(es.readyState, es.withCredentials, new URL(es.url).pathname, EventSource.OPEN, es.CLOSED, Object.prototype.toString.call(es));
es.onopen = (e) => console.log("open", es.readyState, e.isTrusted);
es.onmessage = (e) => console.log("message", JSON.stringify(e.data), e.lastEventId, e.origin === server.url.origin, e instanceof MessageEvent);
es.addEventListener("add", (e: any) => console.log("add", e.data));
es.onerror = () => { console.log("error", es.readyState); if (es.readyState === 2) next(); };
function next() {
  const bad = new EventSource(new URL("/no", server.url));
  bad.onerror = () => { console.log("bad", bad.readyState);
    const c = new EventSource(new URL("/e", server.url));
    n = 10; c.onmessage = (e) => { c.close(); console.log("closed", c.readyState); server.stop(true); };
    c.onerror = () => console.log("never");
  };
}
try { new EventSource("nonsense"); } catch (e) { console.log(e.name); }
