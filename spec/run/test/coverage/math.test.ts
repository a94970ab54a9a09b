import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { clamp, Counter, sign, Sign } from "./src/math";
import { Names } from "./src/names";

test("sign", () => {
  expect(sign(5)).toBe(Sign.Plus);
});
test("clamp", () => {
  expect(clamp(-5)).toBe(0);
  expect(clamp(5, 1)).toBe(5);
});
test("counter", () => {
  const counter = new Counter(2);
  expect([counter.next(), counter.next()]).toEqual([2, 4]);
});
test("names", () => {
  expect(Names.kindOf("a")).toBe(Names.Kind.Short);
});
test("programs", () => {
  const child = `${import.meta.dir}/src/child.ts`;
  expect(Bun.spawnSync([process.execPath, child]).stdout.toString()).toBe("ended by itself\n");
  expect(Bun.spawnSync([process.execPath, child, "exit"]).exitCode).toBe(3);
  expect(spawnSync(process.execPath, [child, "throw"]).status).toBe(1);
});
