import { afterAll, expect, spyOn, test, vi } from "bun:test";
import events from "node:events";
import fs, { promises } from "node:fs";
import path from "node:path";
import { next } from "./counter";

test("modules are fresh", () => {
  expect(next()).toBe(1);
});
test("globals are fresh", () => {
  expect("leak" in globalThis).toBe(false);
  expect("leak" in Array.prototype).toBe(false);
  expect(Math.random).not.toHaveProperty("mock");
  expect(vi.isFakeTimers()).toBe(false);
  expect(process.env.LEAK).toBeUndefined();
  expect(process.listenerCount("SIGUSR2")).toBe(0);
  (globalThis as any).leak = 1;
  (Array.prototype as any).leak = 1;
  (globalThis as any).fetch = () => {};
  process.env.LEAK = "1";
  process.chdir("/");
  process.on("SIGUSR2", () => {});
  spyOn(Math, "random").mockReturnValue(0.5);
  spyOn(console, "log");
  expect.extend({ toLeak: () => ({ pass: true, message: () => "" }) });
});
test("builtin modules are fresh", () => {
  expect("leak" in fs || "leak" in promises || "leak" in events.prototype).toBe(false);
  expect(fs.existsSync).not.toHaveProperty("mock");
  expect(path.posix.join("a", "b")).toBe("a/b");
  Object.assign(fs, { leak: 1 });
  Object.assign(promises, { leak: 1 });
  Object.assign(events.prototype, { leak: 1 });
  spyOn(fs, "existsSync");
  path.posix.join = () => "leaked";
});
test("classes are fresh, with their statics", () => {
  const kept = [Buffer.from, Array.from, URL.canParse, Response.json, Promise.all, Intl.NumberFormat, AbortSignal.timeout, EventTarget.prototype.addEventListener, events.once];
  for (const one of kept) expect(one).not.toHaveProperty("leak");
  for (const owner of [URL, URL.prototype, Response.prototype, EventTarget.prototype, Object.getPrototypeOf([].values()), Intl.NumberFormat.prototype, performance, Performance.prototype]) expect("leak" in owner).toBe(false);
  expect(typeof fetch).toBe("function");
  for (const one of [Bun.sleep, Bun.file]) expect(one).not.toHaveProperty("leak");
  const leaking = () => Object.assign(() => {}, { leak: 1 });
  (Bun as any).sleep = leaking();
  (Bun as any).which = leaking();
  (Buffer as any).from = leaking();
  (Array as any).from = leaking();
  (URL as any).canParse = leaking();
  (Response as any).json = leaking();
  (Promise as any).all = leaking();
  (Intl as any).NumberFormat = Object.assign(leaking(), { prototype: { leak: 1 } });
  (AbortSignal as any).timeout = leaking();
  (events as any).once = leaking();
  EventTarget.prototype.addEventListener = leaking();
  for (const owner of [URL, URL.prototype, Response.prototype, EventTarget.prototype, Object.getPrototypeOf([].values()), performance, Performance.prototype]) (owner as any).leak = 1;
});
test("a global that was replaced before it was read is fresh", () => {
  if (import.meta.path.endsWith("a.test.ts")) (globalThis as any).FormData = undefined;
  else expect(new FormData().has("a")).toBe(false);
});
test("what was changed within the file stays changed", () => {
  expect((globalThis as any).leak).toBe(1);
  (expect(1) as any).toLeak();
});
test("matchers of others are gone", () => {
  expect(typeof (expect(1) as any).toLeakFromElsewhere).toBe("undefined");
});
test("time passes", async () => {
  await new Promise((resolve) => setTimeout(resolve, 60));
});
// What is left behind does not run in the next file.
afterAll(() => {
  setTimeout(() => {
    throw new Error("left behind");
  }, 30);
  setInterval(() => {}, 10);
  vi.useFakeTimers();
});
