import { expect, test, vi } from "vitest";
import { use } from "./user";
import { value } from "./dep";
import * as path from "node:path";

const mocks = vi.hoisted(() => ({ value: vi.fn(() => "mocked") }));
vi.mock("./dep", () => ({ value: mocks.value }));
vi.mock("node:path", async (importOriginal) => ({ ...(await importOriginal<typeof path>()), sep: "|" }));
vi.mock("a-package-that-is-not-installed", () => ({ default: 42 }));

test("importers of a mocked module see the mock", () => {
  expect(use()).toBe("mocked!");
  expect(value()).toBe("mocked");
  expect(mocks.value).toHaveBeenCalledTimes(2);
});
test("the real module is there too", async () => {
  const real = await vi.importActual<typeof import("./dep")>("./dep");
  expect(real.value()).toBe("real");
});
test("an asynchronous factory takes what it wants of the original", () => {
  expect(path.sep).toBe("|");
  expect(path.join("a", "b")).toBe("a/b");
});
test("a package that is not there", async () => {
  expect((await import("a-package-that-is-not-installed")).default).toBe(42);
});
