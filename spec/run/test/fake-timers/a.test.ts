import { afterEach, describe, expect, setSystemTime, test, vi } from "bun:test";

afterEach(() => vi.useRealTimers());

test("timers run in the order of their times", () => {
  vi.useFakeTimers();
  const log: string[] = [];
  setTimeout(() => log.push("b"), 20);
  setTimeout(() => log.push("a"), 10);
  setImmediate(() => log.push("now"));
  const interval = setInterval(() => log.push("i"), 8);
  vi.advanceTimersByTime(20);
  expect(log).toEqual(["now", "i", "a", "i", "b"]);
  clearInterval(interval);
  expect(vi.getTimerCount()).toBe(0);
});
test("a timer starts timers", () => {
  vi.useFakeTimers();
  let count = 0;
  const again = () => {
    if (++count < 5) setTimeout(again, 100);
  };
  setTimeout(again, 100);
  vi.runAllTimers();
  expect(count).toBe(5);
});
test("runOnlyPendingTimers", () => {
  vi.useFakeTimers();
  let count = 0;
  setInterval(() => count++, 1);
  vi.runOnlyPendingTimers();
  expect(count).toBe(1);
  vi.advanceTimersToNextTimer();
  expect(count).toBe(2);
  vi.clearAllTimers();
  expect(vi.getTimerCount()).toBe(0);
});
test("an endless chain is told", () => {
  vi.useFakeTimers({ loopLimit: 100 });
  const again = () => setTimeout(again, 1);
  again();
  expect(() => vi.runAllTimers()).toThrow("infinite loop");
});
test("Date and performance follow", () => {
  vi.useFakeTimers({ now: new Date("2020-01-01T00:00:00Z") });
  const start = performance.now();
  vi.advanceTimersByTime(1500);
  expect(new Date().toISOString()).toBe("2020-01-01T00:00:01.500Z");
  expect(performance.now() - start).toBe(1500);
  vi.setSystemTime(5);
  expect(Date.now()).toBe(5);
  expect(new Date() instanceof Date).toBe(true);
});
test("asynchronous forms let promises settle", async () => {
  vi.useFakeTimers();
  const log: number[] = [];
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  void (async () => {
    await sleep(100);
    log.push(1);
    await sleep(100);
    log.push(2);
  })();
  await vi.advanceTimersByTimeAsync(250);
  expect(log).toEqual([1, 2]);
});
describe("setSystemTime without fake timers", () => {
  test("sets and takes back", () => {
    setSystemTime(new Date("1999-12-31T23:59:59Z"));
    expect(new Date().getUTCFullYear()).toBe(1999);
    setSystemTime();
    expect(new Date().getUTCFullYear()).toBeGreaterThan(2000);
  });
});
test("real timers are back", async () => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(vi.isFakeTimers()).toBe(false);
});
