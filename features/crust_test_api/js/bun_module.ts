// The module `bun:test`. What most files do not use is loaded when it is first read.
import { apiOf } from "crust:test_api/define";
import { expect as expectFunction, expectTypeOf as expectTypeOfFunction } from "crust:test_api/expect";
import { clearAllMocks, fn, resetAllMocks, restoreAllMocks, spyOn as spy } from "crust:test_api/mock";

export const { test, it, describe, xtest, xit, xdescribe, beforeAll, afterAll, beforeEach, afterEach, onTestFinished, setDefaultTimeout } = apiOf("jest");
export const expect = expectFunction;
export const expectTypeOf = expectTypeOfFunction;
export const spyOn = spy;
export const mock: any = Object.assign((implementation?: any) => fn(implementation), {
  module: (...args: unknown[]): unknown => (require("crust:test_api/mock_modules") as any).mockModuleOfBun(...args),
  restore: restoreAllMocks,
  clearAllMocks,
  resetAllMocks,
  restoreAllMocks,
});

export const lazyExports = {
  get jest(): unknown { return (require("crust:test_api/objects") as any).jest; },
  get vi(): unknown { return (require("crust:test_api/objects") as any).vi; },
  get setSystemTime(): unknown { return (require("crust:test_api/clock") as any).setSystemTime; },
  get bench(): unknown { return (require("crust:test_api/bench") as any).bench; },
};
