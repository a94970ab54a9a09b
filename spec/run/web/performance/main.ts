const log = (...a: unknown[]) => console.log(...a);
const t0 = performance.now(); log(typeof t0, t0 >= 0, performance.timeOrigin > 1.6e12, Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000);
const m = performance.mark("a", { detail: { x: 1 }, startTime: 5 }); log(m.name, m.entryType, m.startTime, m.duration, m.detail.x, m instanceof PerformanceMark, m instanceof PerformanceEntry);
performance.mark("b", { startTime: 9 }); const d = performance.measure("m", "a", "b"); log(d.startTime, d.duration, d.entryType); log(performance.measure("n", { start: 1, duration: 3 }).duration, performance.measure("o", { start: "a", end: 20 }).duration);
log(performance.getEntries().map((e) => e.name).join(), performance.getEntriesByType("mark").length, performance.getEntriesByName("m")[0]!.duration);
try { performance.measure("x", "missing"); } catch (e) { log((e as Error).name); } try { new (PerformanceEntry as any)(); } catch (e) { log((e as Error).name); } try { performance.mark("neg", { startTime: -1 }); } catch (e) { log((e as Error).name); }
performance.clearMarks("a"); log(performance.getEntriesByType("mark").length); performance.clearMarks(); performance.clearMeasures(); log(performance.getEntries().length);
const seen = new Promise<string>((resolve) => { const o = new PerformanceObserver((list, self) => { self.disconnect(); resolve(list.getEntries().map((e) => e.name).join()); }); o.observe({ entryTypes: ["mark", "measure"] }); }); performance.mark("o1"); performance.measure("o2", "o1"); log(await seen);
log(PerformanceObserver.supportedEntryTypes.includes("mark"), typeof performance.toJSON().timeOrigin, Object.prototype.toString.call(performance));
