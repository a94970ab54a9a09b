// `bench(name, fn)`: a test that runs a function many times and prints what it took.
import { now } from "crust:ops/core";
import { apiOf } from "crust:test_api/define";

interface Options {
  /** Milliseconds to measure for. */
  time?: number;
  iterations?: number;
  warmupTime?: number;
  warmupIterations?: number;
  setup?: () => unknown;
  teardown?: () => unknown;
}

/** Samples that are kept: more do not change a percentile. */
const MOST_SAMPLES = 1_000_000;

async function measure(fn: () => unknown, time: number, iterations: number): Promise<number[]> {
  const samples: number[] = [];
  const end = now() + time;
  while (samples.length < MOST_SAMPLES && (samples.length < iterations || now() < end)) {
    const start = now();
    const result: any = fn();
    if (result !== null && typeof result === "object" && typeof result.then === "function") await result;
    samples.push(now() - start);
  }
  return samples;
}

export interface Statistics {
  samples: number;
  mean: number;
  min: number;
  max: number;
  p75: number;
  p99: number;
  /** Half of the interval that holds the mean with 95 %, in percent of the mean. */
  margin: number;
  perSecond: number;
}

export function statistics(samples: number[]): Statistics {
  const sorted = samples.slice().sort((a, b) => a - b);
  const mean = sorted.reduce((sum, sample) => sum + sample, 0) / sorted.length;
  const variance = sorted.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / Math.max(1, sorted.length - 1);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  const margin = (1.96 * Math.sqrt(variance / sorted.length) * 100) / mean;
  return { samples: sorted.length, mean, min: sorted[0]!, max: sorted.at(-1)!, p75: at(0.75), p99: at(0.99), margin, perSecond: 1000 / mean };
}

function shown(milliseconds: number): string {
  if (milliseconds < 0.001) return `${(milliseconds * 1e6).toFixed(1)} ns`;
  return milliseconds < 1 ? `${(milliseconds * 1e3).toFixed(2)} µs` : `${milliseconds.toFixed(2)} ms`;
}

function declare(modifier: "run" | "skip" | "only" | "todo", name: string, fn?: () => unknown, options: Options = {}): void {
  const { test } = apiOf("jest");
  const declareTest = modifier === "run" ? test : test[modifier];
  if (fn === undefined || modifier === "skip" || modifier === "todo") return declareTest(name, fn);
  declareTest(name, async () => {
    await options.setup?.();
    await measure(fn, options.warmupTime ?? 100, options.warmupIterations ?? 5);
    const result = statistics(await measure(fn, options.time ?? 500, options.iterations ?? 10));
    await options.teardown?.();
    console.log(`${name}: ${shown(result.mean)} ± ${result.margin.toFixed(2)} %, ${Math.round(result.perSecond).toLocaleString("en-US")} per second (min ${shown(result.min)}, p75 ${shown(result.p75)}, p99 ${shown(result.p99)}, max ${shown(result.max)}, ${result.samples} samples)`);
  }, 60_000 + (options.time ?? 0));
}

export const bench: any = Object.assign((name: string, fn?: () => unknown, options?: Options) => declare("run", name, fn, options), {
  skip: (name: string, fn?: () => unknown, options?: Options) => declare("skip", name, fn, options),
  only: (name: string, fn?: () => unknown, options?: Options) => declare("only", name, fn, options),
  todo: (name: string) => declare("todo", name),
});
