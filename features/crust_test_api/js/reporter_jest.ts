// Jest's reporter interface: results of files, gathered in one result of the run.
import type { Dialect, ReportedError, ReportedTest } from "crust:test_api/reporter";

const STATES = { pass: "passed", fail: "failed", skip: "pending", todo: "todo" } as const;

function text({ message, stack }: ReportedError): string {
  return stack === "" ? message : `${message}\n${stack}`;
}

function assertionOf(test: ReportedTest): any {
  const messages = test.errors.map(text);
  if (test.note !== null) messages.push(test.note);
  return {
    ancestorTitles: test.name.slice(0, -1), title: test.name.at(-1), fullName: test.name.join(" "), status: STATES[test.status], duration: test.ms,
    failureMessages: messages, failureDetails: [], numPassingAsserts: test.assertions, invocations: test.retries + 1, retryReasons: [],
    location: test.line > 0 ? { line: test.line, column: 1 } : null,
  };
}

function freshFile(path: string): any {
  return {
    testFilePath: path, testResults: [], numPassingTests: 0, numFailingTests: 0, numPendingTests: 0, numTodoTests: 0, failureMessage: null,
    testExecError: undefined, skipped: false, leaks: false, openHandles: [], perfStats: { start: Date.now(), end: 0, runtime: 0, slow: false }, console: undefined,
    snapshot: { added: 0, fileDeleted: false, matched: 0, unchecked: 0, uncheckedKeys: [], unmatched: 0, updated: 0 },
  };
}

const COUNTS = { pass: "numPassingTests", fail: "numFailingTests", skip: "numPendingTests", todo: "numTodoTests" } as const;
const TOTALS = { pass: "numPassedTests", fail: "numFailedTests", skip: "numPendingTests", todo: "numTodoTests" } as const;

export function ofReporter(reporter: any): Dialect {
  const { process } = globalThis as any;
  const call = (name: string, ...args: unknown[]): unknown => (typeof reporter[name] === "function" ? reporter[name](...args) : undefined);
  const results: any = {
    startTime: Date.now(), success: false, wasInterrupted: false, testResults: [], openHandles: [], numTotalTestSuites: 0, numPassedTestSuites: 0, numFailedTestSuites: 0,
    numPendingTestSuites: 0, numRuntimeErrorTestSuites: 0, numTotalTests: 0, numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, snapshot: {},
  };
  const context = { config: { rootDir: process.cwd() } };
  let file: any;
  const test = (): any => ({ path: file.testFilePath, context, duration: file.perfStats.runtime });
  return {
    async run(files) {
      results.numTotalTestSuites = files.length;
      await call("onRunStart", results, { estimatedTime: 0, showStatus: false });
    },
    async file(path) {
      file = freshFile(path);
      await call("onTestFileStart", test());
      await call("onTestStart", test());
    },
    async test(reported) {
      const result = assertionOf(reported);
      file.testResults.push(result);
      file[COUNTS[reported.status]]++;
      results[TOTALS[reported.status]]++;
      results.numTotalTests++;
      await call("onTestCaseResult", test(), result);
    },
    error(error) {
      file.failureMessage = `${file.failureMessage ?? ""}${text(error)}\n`;
      file.testExecError ??= { message: error.message, stack: error.stack };
    },
    async end(ms) {
      file.perfStats.end = Date.now();
      file.perfStats.runtime = ms ?? 0;
      const failed = file.numFailingTests > 0 || file.testExecError !== undefined;
      if (file.testExecError !== undefined) results.numRuntimeErrorTestSuites++;
      results[failed ? "numFailedTestSuites" : "numPassedTestSuites"]++;
      for (const one of file.testResults) {
        if (one.failureMessages.length > 0) file.failureMessage = `${file.failureMessage ?? ""}${one.fullName}\n${one.failureMessages.join("\n")}\n`;
      }
      results.testResults.push(file);
      await call("onTestFileResult", test(), file, results);
      await call("onTestResult", test(), file, results);
    },
    async finish(totals) {
      results.success = totals.failed === 0 && totals.errors === 0;
      results.wasInterrupted = totals.notRun > 0;
      await call("onRunComplete", new Set([context]), results);
      const error: any = call("getLastError");
      if (error) throw error;
    },
  };
}
