// What the parts of a worker share: the run's settings, the file and the test that are running. Imports
// nothing, so that everything may import it.

export interface Settings {
  root: string;
  /** The working directory, which preloaded modules are relative to. */
  directory: string;
  /** A reporter tells the lines of tests. */
  lines: boolean;
  preload: string[];
  namePattern: string | null;
  timeout: number;
  retry: number;
  only: boolean;
  todo: boolean;
  concurrent: boolean;
  maxConcurrency: number;
  seed: number | null;
  bail: number;
  isolate: boolean;
  updateSnapshots: boolean;
  ci: boolean;
  colours: boolean;
}

export interface Failure {
  message: string;
  stack: string;
  place?: { file: string; line: number; column: number };
}

/** One try of a test: what its assertions did, and how to fail it from outside its own code. */
export interface Attempt {
  test: any;
  errors: unknown[];
  assertions: number;
  expected: number | undefined;
  expectsSome: boolean;
  finishers: Array<() => unknown>;
  /** Snapshots of each name so far. */
  snapshots: Map<string, number>;
  soft: unknown[];
  /** Ends the wait for the test with this error. */
  interrupt: ((error: unknown) => void) | undefined;
  skipped: string | undefined;
  timedOut: boolean;
}

export const run = {
  settings: undefined as unknown as Settings,
  /** The absolute path of the file. */
  file: "",
  /** Tests run here; without it the API refuses to declare tests. */
  isRunner: false,
  /** The suite that `describe` is filling; undefined while tests run. */
  suite: undefined as any,
  attempt: undefined as Attempt | undefined,
  assertions: 0,
  defaultTimeout: 5000,
  /** Errors that belong to no test. */
  loose: [] as unknown[],
  /** What the parts of the API that are loaded do when a file is over and the next one is isolated from it. */
  forget: [] as Array<() => void>,
  /** Called when a test, and when a file ends: mocks, timers and snapshots keep themselves in order. */
  fileEnds: [] as Array<() => unknown>,
};

export function outside(what: string): Error {
  return Object.assign(new Error(`Cannot use ${what} outside of the test runner. Run "crust test" to run tests.`), { code: "ERR_TEST_RUNNER" });
}
