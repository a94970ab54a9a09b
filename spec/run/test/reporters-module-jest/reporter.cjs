module.exports = class {
  onRunStart(results) {
    console.log("run of", results.numTotalTestSuites);
  }
  onTestStart(test) {
    console.log("file", test.path.split("/").at(-1));
  }
  onTestCaseResult(test, result) {
    console.log("case", result.ancestorTitles, result.title, result.status, result.failureMessages.map((message) => message.split("\n")[0]));
  }
  onTestResult(test, result, aggregated) {
    console.log("end of", result.testFilePath.split("/").at(-1), result.numPassingTests, result.numFailingTests, result.testExecError?.message ?? "", aggregated.numTotalTests);
  }
  onRunComplete(contexts, results) {
    console.log("end", results.success, results.numFailedTestSuites, results.numPassedTests, results.numFailedTests, results.numPendingTests, results.numTodoTests);
  }
};
