// Timers, with the real clock.
import { expect, test } from "bun:test";

test("timers of one duration run in the order in which they were started", async () => {
  const order: number[] = [];
  await new Promise<void>((resolve) => {
    for (const n of [1, 2, 3]) setTimeout(() => order.push(n), 1);
    setTimeout(resolve, 1);
  });
  expect(order).toEqual([1, 2, 3]);
});
test("a cleared timer does not run, also when a timer of the same moment clears it", async () => {
  let ran = false;
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      clearTimeout(second);
      setTimeout(resolve, 1);
    }, 1);
    const second = setTimeout(() => {
      ran = true;
    }, 1);
  });
  expect(ran).toBe(false);
});
test("an interval goes on until it is cleared", async () => {
  let count = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (++count === 3) {
        clearInterval(timer);
        resolve();
      }
    }, 1);
  });
  expect(count).toBe(3);
});
test("immediates come before timers that are not due", async () => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      order.push("timer");
      resolve();
    }, 20);
    setImmediate(() => order.push("immediate"));
    queueMicrotask(() => order.push("microtask"));
  });
  expect(order).toEqual(["microtask", "immediate", "timer"]);
});
