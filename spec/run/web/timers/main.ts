const log = (...a: unknown[]) => console.log(...a);
log("main"); clearImmediate(setImmediate(() => {}));
setTimeout((a, b) => log("args", a, b), 1, 1, "two"); setTimeout(() => log("clamped"), 0.5);
const t = setTimeout(() => log("never"), 1); clearTimeout(+t); const u = setTimeout(() => log("never"), 1); clearTimeout(String(+u) as any); const v = setTimeout(() => log("never"), 1); (v as any).close?.();
setTimeout(() => log("unref'd keeps nobody"), 10_000).unref(); log(setTimeout(() => {}, 1).unref().hasRef());
queueMicrotask(() => log("microtask")); Promise.resolve().then(() => log("then"));
for (const bad of [() => setTimeout("x" as any), () => setImmediate(5 as any), () => queueMicrotask(null as any)]) { try { bad(); } catch (e: any) { log(e.name, e.code); } }
const closed = Promise.withResolvers<void>(); const once = setInterval(() => { once.close?.(); log("closed interval"); setTimeout(closed.resolve, 1); }, 20); { const d = setTimeout(() => log("never"), 1); d[Symbol.dispose](); }
setTimeout(() => { clearTimeout(later); log("cleared by another"); }, 12); const later = setTimeout(() => log("never"), 12);
clearTimeout(undefined); clearTimeout(null as any); clearTimeout(12345); clearInterval({} as any);
await closed.promise;
// One after the other: what is far apart in time may be due in one turn on a busy machine.
await new Promise<void>((done) => { let n = 0; const i = setInterval(() => { log("interval", ++n); if (n === 3) { clearInterval(i); done(); } }, 3); });
await new Promise<void>((done) => { const r = setTimeout(() => { log("refreshed"); done(); }, 70); setTimeout(() => { log("refreshing"); r.refresh(); }, 40); });
const im = setImmediate(() => log("never")); clearImmediate(im);
await new Promise<void>((done) => setTimeout(() => { setImmediate((x) => log("immediate", x), "arg"); setTimeout(() => { log("timer after immediate"); done(); }, 5); }, 1));
await new Promise<void>((done) => setTimeout(() => { setImmediate(() => { log("first"); setImmediate(() => { log("next round"); done(); }); Promise.resolve().then(() => log("micro between")); }); setImmediate(() => log("second")); }, 1));
