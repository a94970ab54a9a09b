// The module `vitest`, in a test run also where the package is installed. What most files do not use is
// loaded when it is first read.
import { apiOf } from "crust:test_api/define";
import { expect as expectFunction, expectTypeOf as expectTypeOfFunction } from "crust:test_api/expect";
import { isMock } from "crust:test_api/mock";

export const { test, it, describe, suite, beforeAll, afterAll, beforeEach, afterEach, onTestFinished, onTestFailed } = apiOf("vitest");
export const expect = expectFunction;
export const expectTypeOf = expectTypeOfFunction;
export const assertType = (_value: unknown): void => {};
export const isMockFunction = isMock;
export const lazyExports = {
  get vi(): unknown { return (require("crust:test_api/objects") as any).vi; },
  get vitest(): unknown { return (require("crust:test_api/objects") as any).vi; },
  get bench(): unknown { return (require("crust:test_api/bench") as any).bench; },
  get assert(): unknown { return (require("crust:test_api/chai_assert") as any).assert; },
};
