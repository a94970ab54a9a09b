const log = (...a: unknown[]) => console.log(...a);
const events: string[] = [];
const w = new WritableStream({ start() { events.push("start"); }, write(chunk) { events.push(`write ${chunk}`); }, close() { events.push("close"); } }, { highWaterMark: 2 });
const writer = w.getWriter(); log(writer.desiredSize, w.locked);
const first = writer.write("a"); log(writer.desiredSize); writer.write("b"); log(writer.desiredSize); let ready = false; writer.ready.then(() => { ready = true; }); await first; await writer.ready; log(ready);
await writer.close(); log(events.join(), writer.desiredSize); await writer.closed; await writer.write("c").catch((e) => log(e instanceof TypeError)); await writer.close().catch((e) => log(e instanceof TypeError));
const bad = new WritableStream({ write(chunk) { if (chunk === 2) throw new Error("sink"); } }); const bw = bad.getWriter();
await bw.write(1); await bw.write(2).catch((e) => log(e.message)); await bw.closed.catch((e) => log("closed", e.message)); await bw.ready.catch((e) => log("ready", e.message)); log(bw.desiredSize);
let controller: any; const ab = new WritableStream({ start(c) { controller = c; }, abort(why) { log("abort", why); } }); controller.signal.addEventListener("abort", () => log("signal", controller.signal.reason));
log(await ab.abort("reason")); await ab.getWriter().closed.catch((e) => log("closed with", e));
const ctl = new WritableStream({ start(c) { controller = c; } }); const cw = ctl.getWriter(); controller.error(new Error("by controller")); await cw.write("x").catch((e) => log(e.message));
const locked = new WritableStream(); locked.getWriter(); try { locked.getWriter(); } catch (e) { log((e as Error).name); } await locked.close().catch((e) => log(e.name)); await locked.abort().catch((e) => log(e.name));
try { new WritableStream({ type: "x" } as any); } catch (e) { log((e as Error).name); }
const rel = new WritableStream().getWriter(); rel.releaseLock(); await rel.closed.catch((e) => log("released", e.name)); try { rel.desiredSize; } catch (e) { log((e as Error).name); }
const slow = new WritableStream({ write: () => new Promise((r) => setTimeout(r, 5)) }); const sw = slow.getWriter(); sw.closed.catch(() => {}); await 0; await 0; const p = sw.write(1); const q = sw.abort("now"); await p.then(() => log("written")); await q; await sw.closed.catch((e) => log(e));
