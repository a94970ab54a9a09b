import EventEmitter, { once, on, getEventListeners, setMaxListeners, errorMonitor, captureRejectionSymbol } from "node:events";
const log = (...a) => console.log(...a.map((x) => typeof x === "string" ? x : x instanceof Error ? `${x.name}|${x.code}|${x.message}` : JSON.stringify(x)));
const tryit = (f) => { try { log(f() ?? "undef"); } catch (e) { log(e); } };
log(Object.keys(EventEmitter).sort().join(), Object.keys(EventEmitter.prototype).sort().join());
for (const k of Object.keys(EventEmitter.prototype)) if (typeof EventEmitter.prototype[k] === "function") log(k, EventEmitter.prototype[k].name, EventEmitter.prototype[k].length);
const e = new EventEmitter();
e.on("newListener", (t) => log("new", String(t))); e.on("removeListener", (t) => log("rm", String(t)));
const a = (...x) => log("a", x), b = () => { log("b"); e.off("x", a); };
e.on("x", b); e.on("x", a); e.prependListener("x", () => log("first")); e.once("x", (v) => log("once", v));
e.emit("x", 1, 2); e.emit("x", 3); log(e.listenerCount("x"), e.eventNames().map(String), e.rawListeners("x").length, e.listeners("x").length, e.listenerCount("x", b));
tryit(() => e.emit("error", new Error("boom"))); tryit(() => e.emit("error", { a: 1 })); tryit(() => e.emit("error")); tryit(() => e.emit("error", "str")); tryit(() => e.on("x", 5)); tryit(() => e.setMaxListeners(-1)); tryit(() => e.setMaxListeners("a"));
e.on(errorMonitor, (x) => log("mon", x)); tryit(() => e.emit("error", new Error("m")));
e.removeAllListeners(); log(e.eventNames().length);
class Sub extends EventEmitter { constructor() { super({ captureRejections: true }); } }
const s = new Sub(); s.on("error", (er) => log("captured", er)); s.on("y", async () => { throw new Error("async"); }); s.emit("y");
await new Promise((r) => setTimeout(r, 5));
s[captureRejectionSymbol] = (er, t, ...r) => log("sym", er, t, r); s.emit("y", 7); await new Promise((r) => setTimeout(r, 5));
const p = once(e, "z"); e.emit("z", 1, 2); log(await p);
const p2 = once(e, "z").catch((x) => x); e.emit("error", new Error("onceerr")); log(await p2);
const ac = new AbortController(); const p3 = once(e, "z", { signal: ac.signal }).catch((x) => x); ac.abort(); log(await p3);
setTimeout(() => { for (let i = 0; i < 3; i++) e.emit("it", i); }, 1); let n = 0; for await (const v of on(e, "it")) { log(v); if (++n == 3) break; } log(e.listenerCount("it"));
const it = on(e, "q", { close: ["end"] }); e.emit("q", 1); e.emit("end"); for await (const v of it) log("q", v);
process.on("warning", (w) => log("warning", w.name, w.message, w.count));
const m = new EventEmitter(); for (let i = 0; i < 12; i++) m.on("ev", () => {}); await new Promise((r) => setTimeout(r, 5));
function Old() { EventEmitter.call(this); } Object.setPrototypeOf(Old.prototype, EventEmitter.prototype); const o = new Old(); o.on("k", function () { log(this === o); }); o.emit("k");
log(EventEmitter.defaultMaxListeners, m.getMaxListeners()); EventEmitter.defaultMaxListeners = 5; log(m.getMaxListeners()); tryit(() => { EventEmitter.defaultMaxListeners = -1; });
log(getEventListeners(m, "ev").length);
{ const e2 = new EventEmitter(); const f = () => {}; e2.once("a", f); log(e2.listeners("a")[0] === f, e2.rawListeners("a")[0].listener === f, e2._eventsCount); e2.off("a", f); log(e2._eventsCount); }
