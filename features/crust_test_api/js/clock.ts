// Fake timers: timers, immediates, ticks and the clock stand still until a test moves them. Also the system
// time that a test sets while real timers run.

import { run } from "crust:test_api/state";

type Fn = (...args: any[]) => unknown;

interface Timer {
  id: number;
  fn: Fn;
  args: unknown[];
  at: number;
  order: number;
  interval: number | undefined;
  kind: "timeout" | "interval" | "immediate" | "frame" | "idle";
  handle: any;
}

interface Options {
  now?: number | Date;
  doNotFake?: string[];
  toFake?: string[];
  toNotFake?: string[];
  advanceTimers?: boolean | number;
  timerLimit?: number;
  loopLimit?: number;
  shouldAdvanceTime?: boolean;
  advanceTimeDelta?: number;
}

/** Vitest and Bun leave these alone unless they are asked for. */
const ONLY_ON_DEMAND = new Set(["nextTick", "queueMicrotask"]);

const RealDate = Date;
/** Timers run by one `runAllTimers` before it is taken for endless. */
const LIMIT = 100_000;

let active = false;
let timers = new Map<number, Timer>();
let nextId = 1;
let order = 0;
let time = 0;
let startTime = 0;
let offset: number | undefined;
let limit = LIMIT;
let ticks: Array<() => unknown> = [];
let originals: Array<[object, PropertyKey, PropertyDescriptor | undefined]> = [];
let advancing: any;

function replace(object: any, key: PropertyKey, value: unknown): void {
  originals.push([object, key, Object.getOwnPropertyDescriptor(object, key)]);
  Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: true });
}

// --- the clock

function currentTime(): number {
  if (active) return time;
  return offset === undefined ? RealDate.now() : offset;
}

function makeDate(): any {
  const Fake: any = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return new RealDate(currentTime()).toString();
    return args.length === 0 ? Reflect.construct(RealDate, [currentTime()], new.target) : Reflect.construct(RealDate, args, new.target);
  };
  Object.defineProperty(Fake, "name", { value: "Date" });
  Object.defineProperty(Fake, "length", { value: 7 });
  Fake.prototype = RealDate.prototype;
  Fake.now = () => currentTime();
  Fake.parse = RealDate.parse;
  Fake.UTC = RealDate.UTC;
  Object.defineProperty(Fake, Symbol.hasInstance, { value: (value: unknown) => value instanceof RealDate });
  return Fake;
}

function fakeDate(): void {
  if (globalThis.Date !== RealDate) return;
  const Fake = makeDate();
  replace(globalThis, "Date", Fake);
  originals.push([RealDate.prototype, "constructor", Object.getOwnPropertyDescriptor(RealDate.prototype, "constructor")]);
  Object.defineProperty(RealDate.prototype, "constructor", { value: Fake, writable: true, configurable: true });
}

/** `setSystemTime(date)`: the time that `Date` tells. Without one the real time is back. */
export function setSystemTime(value?: number | string | Date): void {
  if (value === undefined) {
    offset = undefined;
    if (active) time = RealDate.now();
    else restoreAll();
    return;
  }
  const milliseconds = typeof value === "number" ? value : +new RealDate(value);
  if (Number.isNaN(milliseconds)) throw new TypeError("setSystemTime() takes a valid date or a number of milliseconds");
  if (active) {
    // Timers keep their distance.
    const difference = milliseconds - time;
    for (const timer of timers.values()) timer.at += difference;
    startTime += difference;
    time = milliseconds;
    return;
  }
  offset = milliseconds;
  fakeDate();
}

export function getRealSystemTime(): number {
  return RealDate.now();
}
export function mockedNow(): number {
  return currentTime();
}

// --- timers

class FakeTimeout {
  #timer: Timer;
  #isRefed = true;
  constructor(timer: Timer) {
    this.#timer = timer;
  }
  ref(): this { this.#isRefed = true; return this; }
  unref(): this { this.#isRefed = false; return this; }
  hasRef(): boolean { return this.#isRefed; }
  refresh(): this {
    this.#timer.at = time + (this.#timer.interval ?? (this.#timer as any).delay);
    this.#timer.order = order++;
    timers.set(this.#timer.id, this.#timer);
    return this;
  }
  close(): this { timers.delete(this.#timer.id); return this; }
  [Symbol.toPrimitive](): number { return this.#timer.id; }
  [Symbol.dispose](): void { timers.delete(this.#timer.id); }
}

function add(kind: Timer["kind"], fn: unknown, delay: unknown, args: unknown[]): any {
  if (typeof fn !== "function") {
    throw Object.assign(new TypeError(`The "callback" argument must be of type function. Received ${String(fn)}`), { code: "ERR_INVALID_ARG_TYPE" });
  }
  let milliseconds = Number(delay);
  if (!(milliseconds >= 0) || milliseconds > 0x7fffffff) milliseconds = kind === "immediate" ? 0 : 1;
  if (kind === "interval" && milliseconds < 1) milliseconds = 1;
  const timer: Timer = { id: nextId++, fn: fn as Fn, args, at: time + milliseconds, order: order++, interval: kind === "interval" ? milliseconds : undefined, kind, handle: undefined };
  (timer as any).delay = milliseconds;
  timers.set(timer.id, timer);
  timer.handle = kind === "frame" || kind === "idle" ? timer.id : new FakeTimeout(timer);
  return timer.handle;
}

function clear(handle: unknown): void {
  if (handle === null || handle === undefined) return;
  timers.delete(Number(handle));
}

function earliest(until: number): Timer | undefined {
  let found: Timer | undefined;
  for (const timer of timers.values()) {
    if (timer.at > until) continue;
    if (found === undefined || timer.at < found.at || (timer.at === found.at && rank(timer) < rank(found))) found = timer;
  }
  return found;
}

/** Immediates come before timers of the same moment. */
function rank(timer: Timer): number {
  return timer.kind === "immediate" ? timer.order - 1e12 : timer.order;
}

function fire(timer: Timer): void {
  if (timer.at > time) time = timer.at;
  if (timer.interval === undefined) timers.delete(timer.id);
  else {
    timer.at = time + timer.interval;
    timer.order = order++;
  }
  timer.fn.apply(timer.handle, timer.kind === "frame" ? [time - startTime] : timer.args);
  runTicks();
}

function runTicks(): void {
  for (let count = 0; ticks.length > 0; count++) {
    if (count > limit) throw new Error(`Ran ${limit} ticks, and there are still more! Assuming we've hit an infinite recursion and bailing out...`);
    ticks.shift()!();
  }
}

// --- what tests call

function checkActive(name: string): void {
  if (!active) throw new Error(`${name}() needs fake timers: call useFakeTimers() first`);
}

function optionsOf(first: unknown, second: unknown): Options {
  if (first !== null && typeof first === "object" && !(first instanceof RealDate)) return first as Options;
  return (second as Options | undefined) ?? {};
}

export function useFakeTimers(first?: unknown, second?: unknown): void {
  if (active) useRealTimers();
  const options = optionsOf(first, second);
  const asked = options.toFake;
  const left = new Set([...(options.doNotFake ?? []), ...(options.toNotFake ?? [])]);
  const fakes = (name: string): boolean => !left.has(name) && (asked === undefined ? !ONLY_ON_DEMAND.has(name) || (options.doNotFake !== undefined && !left.has(name)) : asked.includes(name));
  const { now } = options;
  const start = now === undefined ? (offset ?? RealDate.now()) : +new RealDate(now);
  restoreAll();
  active = true;
  timers = new Map();
  ticks = [];
  limit = options.timerLimit ?? options.loopLimit ?? LIMIT;
  time = start;
  startTime = start;
  installTimers(fakes);
  installClocks(fakes);
  const step = options.shouldAdvanceTime === true ? (options.advanceTimeDelta ?? 20) : options.advanceTimers === true ? 20 : options.advanceTimers;
  if (typeof step === "number") {
    const { setInterval: realInterval } = require("crust:web/timers") as any;
    advancing = realInterval(() => advanceTimersByTime(step), step);
    advancing.unref();
  }
}

function installTimers(fakes: (name: string) => boolean): void {
  const global = globalThis as any;
  const makers: Record<string, Fn> = {
    setTimeout: (fn, delay, ...args) => add("timeout", fn, delay, args),
    setInterval: (fn, delay, ...args) => add("interval", fn, delay, args),
    setImmediate: (fn, ...args) => add("immediate", fn, 0, args),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    requestAnimationFrame: (fn) => add("frame", fn, 16 - ((time - startTime) % 16), []),
    cancelAnimationFrame: clear,
    requestIdleCallback: (fn) => add("idle", fn, 0, []),
    cancelIdleCallback: clear,
  };
  for (const [name, maker] of Object.entries(makers)) {
    if (!fakes(name) || !(name in global)) continue;
    Object.defineProperty(maker, "name", { value: name });
    (maker as any).isFake = true;
    // Libraries ask the function itself whether it is fake.
    (maker as any).clock = { get now() { return time; } };
    replace(global, name, maker);
  }
  if (fakes("queueMicrotask")) replace(global, "queueMicrotask", (fn: Fn) => { ticks.push(fn); });
  if (fakes("nextTick")) replace(global.process, "nextTick", (fn: Fn, ...args: unknown[]) => { ticks.push(() => fn(...args)); });
}

function installClocks(fakes: (name: string) => boolean): void {
  const global = globalThis as any;
  if (fakes("Date")) fakeDate();
  if (fakes("performance")) replace(global.performance, "now", () => time - startTime);
  if (fakes("hrtime")) {
    const hrtime = (before?: [number, number]): [number, number] => {
      const nanoseconds = Math.round((time - startTime) * 1e6);
      const seconds = Math.floor(nanoseconds / 1e9);
      const rest = nanoseconds % 1e9;
      if (before === undefined) return [seconds, rest];
      const difference = nanoseconds - (before[0] * 1e9 + before[1]);
      return [Math.floor(difference / 1e9), difference % 1e9];
    };
    hrtime.bigint = () => BigInt(Math.round((time - startTime) * 1e6));
    replace(global.process, "hrtime", hrtime);
  }
}

function restoreAll(): void {
  for (const [object, key, descriptor] of originals.reverse()) {
    if (descriptor === undefined) Reflect.deleteProperty(object, key);
    else Object.defineProperty(object, key, descriptor);
  }
  originals = [];
}

function stopAdvancing(): void {
  if (advancing !== undefined) (require("crust:web/timers") as any).clearInterval(advancing);
  advancing = undefined;
}

/** `vi.setTimerTickMode`: who moves the clock: the test, real time, or each timer the next. */
export function setTimerTickMode(mode: "manual" | "interval" | "nextTimerAsync", interval = 20): void {
  checkActive("setTimerTickMode");
  stopAdvancing();
  if (mode === "manual") return;
  const { setInterval: realInterval } = require("crust:web/timers") as any;
  if (mode === "interval") advancing = realInterval(() => advanceTimersByTime(interval), interval);
  else if (mode === "nextTimerAsync") advancing = realInterval(() => advanceTimersToNextTimer(1), 0);
  else throw new TypeError(`setTimerTickMode() takes "manual", "interval" or "nextTimerAsync", not ${String(mode)}`);
  advancing.unref();
}

export function useRealTimers(): void {
  stopAdvancing();
  active = false;
  timers = new Map();
  ticks = [];
  restoreAll();
  offset = undefined;
}

export function isFakeTimers(): boolean {
  return active;
}

export function advanceTimersByTime(milliseconds: number): void {
  checkActive("advanceTimersByTime");
  if (typeof milliseconds !== "number" || !(milliseconds >= 0)) throw new TypeError("advanceTimersByTime() takes a number of milliseconds that is not negative");
  const end = time + milliseconds;
  runTicks();
  for (let timer = earliest(end), count = 0; timer !== undefined; timer = earliest(end), count++) {
    if (count > limit && timer.at <= time) endless();
    fire(timer);
  }
  time = end;
}

function endless(): never {
  throw new Error(`Aborting after running ${limit} timers, assuming an infinite loop!`);
}

export function advanceTimersToNextTimer(steps = 1): void {
  checkActive("advanceTimersToNextTimer");
  for (let step = 0; step < steps; step++) {
    const timer = earliest(Infinity);
    if (timer === undefined) return;
    fire(timer);
  }
}

export function advanceTimersToNextFrame(): void {
  checkActive("advanceTimersToNextFrame");
  advanceTimersByTime(16 - ((time - startTime) % 16));
}

export function runOnlyPendingTimers(): void {
  checkActive("runOnlyPendingTimers");
  runTicks();
  const pending = [...timers.values()].sort((a, b) => a.at - b.at || rank(a) - rank(b));
  for (const timer of pending) if (timers.get(timer.id) === timer) fire(timer);
}

export function runAllTimers(): void {
  checkActive("runAllTimers");
  runTicks();
  for (let timer = earliest(Infinity), count = 0; timer !== undefined; timer = earliest(Infinity), count++) {
    if (count >= limit) endless();
    fire(timer);
  }
}

export function runAllTicks(): void {
  checkActive("runAllTicks");
  runTicks();
}
export function runAllImmediates(): void {
  checkActive("runAllImmediates");
  for (const timer of [...timers.values()]) if (timer.kind === "immediate" && timers.has(timer.id)) fire(timer);
}
export function getTimerCount(): number {
  checkActive("getTimerCount");
  return timers.size + ticks.length;
}
export function clearAllTimers(): void {
  timers.clear();
}

// --- the asynchronous forms let promises settle between timers

/** A turn of the real loop: what is settled by then has run its reactions. */
function breathe(): Promise<void> {
  const { setImmediate: realImmediate } = require("crust:web/timers") as any;
  return new Promise((resolve) => realImmediate(resolve));
}

export async function advanceTimersByTimeAsync(milliseconds: number): Promise<void> {
  checkActive("advanceTimersByTimeAsync");
  const end = time + milliseconds;
  await breathe();
  for (let timer = earliest(end); timer !== undefined; timer = earliest(end)) {
    fire(timer);
    await breathe();
  }
  time = end;
  await breathe();
}
export async function advanceTimersToNextTimerAsync(steps = 1): Promise<void> {
  for (let step = 0; step < steps; step++) {
    await breathe();
    advanceTimersToNextTimer(1);
    await breathe();
  }
}
export async function runOnlyPendingTimersAsync(): Promise<void> {
  await breathe();
  const pending = [...timers.values()].sort((a, b) => a.at - b.at || rank(a) - rank(b));
  for (const timer of pending) {
    if (timers.get(timer.id) !== timer) continue;
    fire(timer);
    await breathe();
  }
}
export async function runAllTimersAsync(): Promise<void> {
  await breathe();
  for (let timer = earliest(Infinity), count = 0; timer !== undefined; timer = earliest(Infinity), count++) {
    if (count >= limit) endless();
    fire(timer);
    await breathe();
  }
}

/** Between files. */
run.forget.push(() => {
  if (active || originals.length > 0) useRealTimers();
  nextId = 1;
  order = 0;
});
