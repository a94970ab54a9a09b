const run = Bun.spawnSync({ cmd: [process.execPath, "test", "--reporter=json"], stderr: "pipe" });
const report = JSON.parse(run.stdout.toString());
for (const file of report.testResults) {
  file.name = file.name.slice(import.meta.dir.length);
  for (const test of file.assertionResults) {
    delete test.duration;
    test.failureMessages = test.failureMessages.map((text: string) => text.split("\n")[0]);
  }
}
console.log(run.exitCode, JSON.stringify(report, null, 1));
