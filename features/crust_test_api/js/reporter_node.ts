// Reporters as node:test has them: an async generator function over the events, or a Transform that takes them.
// What they give is written to standard output.
import type { Dialect, ReportedTest } from "crust:test_api/reporter";

export interface TestEvent {
  type: string;
  data: any;
}

function eventOf(test: ReportedTest, file: string, number: number): TestEvent {
  const details: any = { duration_ms: test.ms, type: "test" };
  if (test.status === "fail") {
    const [first] = test.errors;
    const cause: any = new Error(first?.message.replace(/^error: /, "") ?? test.note ?? "failed");
    cause.stack = first === undefined ? cause.stack : `${first.message}\n${first.stack}`;
    details.error = Object.assign(new Error(cause.message, { cause }), { code: "ERR_TEST_FAILURE", failureType: "testCodeFailure" });
  }
  const data: any = { name: test.name.join(" > "), nesting: 0, testNumber: number, details, file, line: test.line || undefined, column: test.line > 0 ? 1 : undefined };
  if (test.status === "skip") data.skip = test.note ?? true;
  if (test.status === "todo") data.todo = test.note ?? true;
  return { type: test.status === "fail" ? "test:fail" : "test:pass", data };
}

/** The events of node:test for ours. */
export function ofEvents(push: (event: TestEvent) => unknown, finish: () => unknown): Dialect {
  let file = "";
  let number = 0;
  return {
    run() {},
    file(path) { file = path; },
    async test(test) {
      const event = eventOf(test, file, ++number);
      const { name, nesting, line, column } = event.data;
      await push({ type: "test:start", data: { name, nesting, file, line, column } });
      await push(event);
    },
    error(error) { return push({ type: "test:stderr", data: { file, message: `${error.message}\n${error.stack}\n` } }); },
    end() {},
    async finish(totals) {
      const tests = totals.passed + totals.failed + totals.skipped + totals.todo;
      await push({ type: "test:plan", data: { nesting: 0, count: tests } });
      const counts = { tests, suites: totals.files, passed: totals.passed, failed: totals.failed, cancelled: 0, skipped: totals.skipped, todo: totals.todo, topLevel: tests };
      for (const [name, value] of Object.entries({ ...counts, duration_ms: totals.ms })) {
        if (name !== "topLevel") await push({ type: "test:diagnostic", data: { nesting: 0, message: `${name} ${value}` } });
      }
      await push({ type: "test:summary", data: { counts, duration_ms: totals.ms, success: totals.failed === 0 && totals.errors === 0 } });
      await finish();
    },
  };
}

function print(text: unknown): void {
  if (text !== undefined && text !== null) (globalThis as any).process.stdout.write(typeof text === "string" || ArrayBuffer.isView(text) ? text : String(text));
}

export function ofGenerator(generator: (source: AsyncIterable<TestEvent>) => AsyncIterable<unknown>): Dialect {
  const queue: TestEvent[] = [];
  let wake: (() => void) | undefined;
  let over = false;
  async function* source(): AsyncGenerator<TestEvent> {
    for (;;) {
      while (queue.length > 0) yield queue.shift()!;
      if (over) return;
      await new Promise<void>((resolve) => { wake = resolve; });
    }
  }
  const written = (async () => {
    for await (const text of generator(source())) print(text);
  })();
  // An error is that of the run's end, which waits for it.
  written.catch(() => {});
  return ofEvents((event) => {
    queue.push(event);
    wake?.();
    return Promise.resolve();
  }, () => {
    over = true;
    wake?.();
    return written;
  });
}

export function ofStream(stream: any): Dialect {
  stream.on("data", print);
  const written = new Promise<void>((resolve, reject) => {
    stream.on("end", resolve);
    stream.on("error", reject);
  });
  written.catch(() => {});
  return ofEvents((event) => new Promise<void>((resolve) => stream.write(event, () => resolve())), () => {
    stream.end();
    return written;
  });
}
