const log = (...a: unknown[]) => console.log(...a);
const source = (...items: unknown[]) => new ReadableStream({ start(c) { items.forEach((i) => c.enqueue(i)); c.close(); } });
const collect = () => { const items: unknown[] = []; return [items, new WritableStream({ write(c) { items.push(c); }, close() { items.push("|"); }, abort(e) { items.push(`abort ${(e as Error).message ?? e}`); } })] as const; };
{ const [items, sink] = collect(); await source(1, 2).pipeTo(sink); log(items.join()); }
{ const [items, sink] = collect(); await source(1).pipeTo(sink, { preventClose: true }); log(items.join(), sink.locked); await sink.close(); }
{ const [items, sink] = collect(); await new ReadableStream({ pull() { throw new Error("src"); } }).pipeTo(sink).catch((e) => log(e.message)); log(items.join()); }
{ const [items, sink] = collect(); await new ReadableStream({ pull() { throw new Error("src"); } }).pipeTo(sink, { preventAbort: true }).catch((e) => log(e.message)); log(items.join() === ""); }
{ let why: any; const s = new ReadableStream({ pull(c) { c.enqueue(1); }, cancel(e) { why = e; } }); await s.pipeTo(new WritableStream({ write() { throw new Error("dst"); } })).catch((e) => log(e.message)); log(why.message); }
{ const upper = new TransformStream({ transform(c: any, k) { k.enqueue(c.toUpperCase()); }, flush(k) { k.enqueue("!"); } }); const [items, sink] = collect(); await source("a", "b").pipeThrough(upper).pipeTo(sink); log(items.join()); }
{ const t = new TransformStream(); const w = t.writable.getWriter(); const r = t.readable.getReader(); const done = w.write("id"); log((await r.read()).value); await done; w.close(); log((await r.read()).done); }
{ const t = new TransformStream({ transform() { throw new Error("tr"); } }); const w = t.writable.getWriter(); w.write(1).catch((e) => log("write", e.message)); await t.readable.getReader().read().catch((e) => log("read", e.message)); await w.closed.catch((e) => log("closed", e.message)); }
{ const t = new TransformStream({ start(k) { k.enqueue("s"); k.terminate(); } }); log((await Array.fromAsync(t.readable)).join()); await t.writable.getWriter().write(1).catch((e) => log(e.name)); }
{ const t = new TransformStream({ cancel(why) { log("cancel", why); } }); await t.readable.cancel("r"); await t.writable.getWriter().closed.catch((e) => log("writable", e)); }
{ const ac = new AbortController(); const s = new ReadableStream({ pull(c) { c.enqueue(1); }, cancel(e) { log("cancelled", e); } }); const p = s.pipeTo(new WritableStream({ write: () => new Promise((r) => setTimeout(r, 2)), abort(e) { log("aborted", e); } }), { signal: ac.signal }); setTimeout(() => ac.abort("stop"), 10); await p.catch((e) => log("pipe", e)); }
{ const s = source(1); s.getReader(); try { s.pipeThrough(new TransformStream()); } catch (e) { log((e as Error).name); } await s.pipeTo(new WritableStream()).catch((e) => log(e.name)); }
{ const chunks = await Array.fromAsync(source("h\ud83d", "\ude00é").pipeThrough(new TextEncoderStream()).pipeThrough(new TextDecoderStream())); log(chunks.join("")); }
{ const bytes = new TextEncoder().encode("a€b"); const parts = [bytes.subarray(0, 2), bytes.subarray(2)]; log((await Array.fromAsync(source(...parts).pipeThrough(new TextDecoderStream()))).join("")); }
{ await source(new Uint8Array([255])).pipeThrough(new TextDecoderStream("utf-8", { fatal: true })).getReader().read().catch((e) => log(e.name)); }
