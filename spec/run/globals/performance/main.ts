const a = performance.now(), b = performance.now();
console.log(typeof a, b >= a, performance.timeOrigin > 1.6e12, Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000);
performance.mark("one"); performance.mark("two", { detail: { x: 1 } });
const measure = performance.measure("between", "one", "two");
console.log(measure.name, measure.entryType, measure.duration >= 0, performance.getEntriesByName("two")[0].entryType, performance.getEntriesByType("mark").length);
performance.clearMarks(); console.log(performance.getEntriesByType("mark").length);
