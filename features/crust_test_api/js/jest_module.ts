// The module `@jest/globals`.
import { apiOf } from "crust:test_api/define";
import { expect as expectFunction } from "crust:test_api/expect";

export const { test, it, describe, xtest, xit, fit, xdescribe, fdescribe, beforeAll, afterAll, beforeEach, afterEach } = apiOf("jest");
export const expect = expectFunction;
export const lazyExports = {
  get jest(): unknown { return (require("crust:test_api/objects") as any).jest; },
};
