// What clients of HTTP in JavaScript say of their fetches, and how busy the loop was.
import { performance, PerformanceObserver, PerformanceResourceTiming } from "node:perf_hooks";

const timing = {
  startTime: 10, redirectStartTime: 0, redirectEndTime: 0, postRedirectStartTime: 10, finalServiceWorkerStartTime: 0, finalNetworkRequestStartTime: 12,
  finalNetworkResponseStartTime: 14, endTime: 20, encodedBodySize: 100, decodedBodySize: 200,
  finalConnectionTimingInfo: { domainLookupStartTime: 10, domainLookupEndTime: 11, connectionStartTime: 11, connectionEndTime: 12, secureConnectionStartTime: 11, ALPNNegotiatedProtocol: "h2" },
};
const told = new Promise((resolve) => new PerformanceObserver((list) => resolve(list.getEntries())).observe({ entryTypes: ["resource"] }));
const entry = performance.markResourceTiming(timing, "http://a/b", "fetch", globalThis, "", {}, 200);
console.log(entry instanceof PerformanceResourceTiming, entry.name, entry.entryType, entry.startTime, entry.duration, entry.initiatorType, entry.responseStatus);
console.log(entry.fetchStart, entry.domainLookupEnd, entry.connectEnd, entry.nextHopProtocol, entry.requestStart, entry.responseStart, entry.responseEnd, entry.encodedBodySize, entry.decodedBodySize, entry.transferSize);
console.log((await told).length, performance.getEntriesByType("resource").length);
performance.clearResourceTimings();
console.log(performance.getEntriesByType("resource").length);

const before = performance.eventLoopUtilization();
await new Promise((resolve) => setTimeout(resolve, 30));
const slept = performance.eventLoopUtilization(before);
console.log(Object.keys(slept).join(), slept.idle > 5, slept.utilization < 1);
const middle = performance.eventLoopUtilization();
const until = performance.now() + 30;
while (performance.now() < until);
const worked = performance.eventLoopUtilization(middle);
console.log(worked.active > 25, worked.utilization > 0.9);
