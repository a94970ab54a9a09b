// The counters of sources with coverage (crust_transpile's instrument.rs), and how a program that a test started
// leaves them to `crust test`: a file in the folder that a variable names, written when the program ends.

/** The counters of each source that was loaded. */
export const counters = new Map<string, Float64Array>();

/** What instrumented sources call. */
export function defineCounters(): void {
  Object.defineProperty(globalThis, "__crust_coverage__", {
    value(path: string, length: number): Float64Array {
      let counts = counters.get(path);
      if (counts === undefined || counts.length !== length) counters.set(path, (counts = new Float64Array(length)));
      return counts;
    },
    configurable: false,
  });
}

/** The counts so far, by path, and from now on none. */
export function takeCounts(): Record<string, number[]> {
  const taken: Record<string, number[]> = {};
  for (const [path, values] of counters) {
    taken[path] = Array.from(values);
    values.fill(0);
  }
  return taken;
}

/** In a program that a test started: counts, and writes at the end. */
export function countFor(folder: string): void {
  defineCounters();
  const { process } = globalThis as any;
  const { writeFileSync } = require("crust:fs/fs") as { writeFileSync: (path: string, text: string) => void };
  const { reallyExit } = process;
  const write = (): void => {
    const counts = takeCounts();
    if (Object.keys(counts).length === 0) return;
    try {
      writeFileSync(`${folder}/${process.pid}-${Math.random().toString(36).slice(2)}.json`, JSON.stringify(counts));
    } catch {
      // The run that wanted to know is over.
    }
  };
  process.on("exit", write);
  process.reallyExit = (code?: number): never => {
    write();
    return reallyExit.call(process, code);
  };
}
