// What node:perf_hooks exports of what this feature has. Histograms and loop measurements are not available and say so.

import { performance, Performance } from "crust:web/performance";
import { PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceResourceTiming } from "crust:web/performance_entry";
import { PerformanceObserver, PerformanceObserverEntryList } from "crust:web/performance_observer";

const constants = Object.freeze({
  NODE_PERFORMANCE_GC_MAJOR: 4,
  NODE_PERFORMANCE_GC_MINOR: 1,
  NODE_PERFORMANCE_GC_INCREMENTAL: 8,
  NODE_PERFORMANCE_GC_WEAKCB: 16,
  NODE_PERFORMANCE_GC_FLAGS_NO: 0,
  NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2,
  NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
  NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8,
  NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
  NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32,
  NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
});

function notImplemented(name: string): () => never {
  return () => {
    const error = new Error(`perf_hooks.${name} is not implemented`) as Error & { code: string };
    error.code = "ERR_METHOD_NOT_IMPLEMENTED";
    throw error;
  };
}

const monitorEventLoopDelay = notImplemented("monitorEventLoopDelay");
const createHistogram = notImplemented("createHistogram");
const eventLoopUtilization = performance.eventLoopUtilization.bind(performance);
const timerify = performance.timerify.bind(performance);

export {
  constants,
  createHistogram,
  eventLoopUtilization,
  monitorEventLoopDelay,
  performance,
  Performance,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList,
  PerformanceResourceTiming,
  timerify,
};
export default {
  constants,
  createHistogram,
  eventLoopUtilization,
  monitorEventLoopDelay,
  performance,
  Performance,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList,
  PerformanceResourceTiming,
  timerify,
};
