import { test } from "bun:test";

// Far more than one look of the runner takes in: what a test prints stands before its result.
for (let number = 0; number < 200; number++) {
  test(`test ${number}`, () => {
    if (number % 3 === 0) console.error(`printed by ${number}`);
  });
}
