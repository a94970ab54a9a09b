// The module `node:test`: the same tree, with Node's context object and hooks. Outside of the runner a
// program's tests are refused, as other APIs of this feature are.
import { apiOf } from "crust:test_api/define";
import { mockTracker } from "crust:test_api/node_mock";

const api = apiOf("node");

function shifted(declare: any): any {
  // test(name?, options?, fn?): every argument may be left out.
  const normal = (...given: unknown[]): [string, unknown, unknown] => {
    const name = typeof given[0] === "string" ? given[0] : "";
    const rest = typeof given[0] === "string" ? given.slice(1) : given;
    const fn = rest.find((value) => typeof value === "function") as Function | undefined;
    const options = rest.find((value) => value !== null && typeof value === "object") ?? {};
    return [name || fn?.name || "<anonymous>", optionsOf(options as any), fn];
  };
  const wrap = (inner: any) => (...given: unknown[]): Promise<void> => {
    const [name, options, fn] = normal(...given);
    inner(name, options, fn);
    return Promise.resolve();
  };
  const outer: any = wrap(declare);
  for (const name of ["skip", "todo", "only"]) outer[name] = wrap(declare[name]);
  return outer;
}

function optionsOf(options: any): any {
  const { skip, todo, only, timeout, concurrency } = options;
  return { skip, todo, only, timeout: timeout === Infinity ? 0 : timeout, concurrent: concurrency === undefined ? undefined : concurrency === true || concurrency > 1 };
}

export const test: any = shifted(api.test);
export const it: any = test;
export const describe: any = shifted(api.describe);
export const suite: any = describe;
export const before = api.beforeAll;
export const after = api.afterAll;
export const beforeEach = api.beforeEach;
export const afterEach = api.afterEach;
export const skip: any = test.skip;
export const todo: any = test.todo;
export const only: any = test.only;
export const mock: any = mockTracker;

export function run(options?: any): unknown {
  return (require("crust:test_api/node_run") as any).run(options);
}
export const snapshot: any = {
  setDefaultSnapshotSerializers() { throw Object.assign(new Error("node:test's snapshot.setDefaultSnapshotSerializers is not supported"), { code: "ERR_NOT_IMPLEMENTED" }); },
  setResolveSnapshotPath() { throw Object.assign(new Error("node:test's snapshot.setResolveSnapshotPath is not supported"), { code: "ERR_NOT_IMPLEMENTED" }); },
};

export default Object.assign(test, { test, it, describe, suite, before, after, beforeEach, afterEach, skip, todo, only, mock, run, snapshot });
