import { expect, jest, test } from "@jest/globals";
import { Greeter, list, value } from "./dep";
import { name } from "./manual";

jest.mock("./dep");
jest.mock("./manual");

test("every function is a mock", () => {
  expect(value()).toBeUndefined();
  expect(value).toHaveBeenCalledTimes(1);
  const greeter = new Greeter();
  expect(greeter.greet()).toBeUndefined();
  jest.mocked(greeter.greet).mockReturnValue("mocked");
  expect(greeter.greet()).toBe("mocked");
  expect(list).toEqual([]);
});
test("requireActual", () => {
  expect((jest.requireActual("./dep") as typeof import("./dep")).value()).toBe("real");
});
test("a file of __mocks__ wins", () => {
  expect(name).toBe("by hand");
});
test("resetModules evaluates modules anew", async () => {
  const first = await import("./user");
  jest.resetModules();
  const second = await import("./user");
  expect(first.use).not.toBe(second.use);
});
