export default class {
  onInit({ config }: any) {
    console.log("init", typeof config.root);
  }
  onTestRunStart(specifications: any[]) {
    console.log("run of", specifications.map(({ moduleId }) => moduleId.split("/").at(-1)));
  }
  onTestModuleStart(module: any) {
    console.log("module", module.relativeModuleId, module.state());
  }
  async onTestSuiteReady(suite: any) {
    await Bun.sleep(1);
    console.log("suite", suite.fullName, suite.parent.type);
  }
  onTestCaseResult(test: any) {
    const { state, errors } = test.result();
    console.log("case", test.fullName, state, test.parent.type, errors?.map((error: any) => `${error.name}: ${error.message}`) ?? "", test.diagnostic().duration >= 0);
  }
  onTestSuiteResult(suite: any) {
    console.log("end of suite", suite.fullName, suite.state(), suite.children.size);
  }
  onTestModuleEnd(module: any) {
    console.log("end of module", module.relativeModuleId, module.state(), [...module.children.allTests()].length, module.errors().map((error: any) => error.message));
  }
  onTestRunEnd(modules: any[], errors: any[], reason: string) {
    console.log("end", modules.length, [...modules[0].children.allTests("failed")].map((test: any) => test.name), reason);
  }
}
