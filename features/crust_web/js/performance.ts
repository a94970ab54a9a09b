// The Performance object: High Resolution Time, User Timing and the observer of their entries.
// Marks, measures, functions and what programs say of their fetches are recorded; there is no navigation timing.

import { idleTime, now, timeOrigin } from "crust:ops/core";
import { DOMException } from "crust:web/dom_exception";
import { defineEventHandler, EventTarget } from "crust:web/events";
import { notifyObservers } from "crust:web/performance_observer";
import { PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceResourceTiming, newEntry } from "crust:web/performance_entry";
import type { MarkOptions, MeasureOptions } from "crust:web/performance_entry";
import { codedTypeError, defineInterface, defineLengths, isObject, requireArguments, toDOMString } from "crust:web/webidl";

const CREATE = Symbol("create Performance");

let entries: PerformanceEntry[] = [];
// Read once: the wall clock may be set while the program runs.
let origin: number | undefined;

function record(entry: PerformanceEntry): void {
  entries.push(entry);
  notifyObservers(entry);
}

function sorted(list: PerformanceEntry[]): PerformanceEntry[] {
  return list.sort((left, right) => left.startTime - right.startTime);
}

/** Turns a mark name or a time into a time. */
function toTime(mark: string | number): number {
  if (typeof mark === "number") {
    if (mark < 0) {
      throw codedTypeError("ERR_PERFORMANCE_INVALID_TIMESTAMP", `${mark} is not a valid timestamp`);
    }
    return mark;
  }
  const name = toDOMString(mark);
  const found = entries.findLast((entry) => entry.entryType === "mark" && entry.name === name);
  if (found === undefined) {
    throw new DOMException(`The "${name}" performance mark has not been set`, "SyntaxError");
  }
  return found.startTime;
}

function measureBounds(startOrOptions: string | MeasureOptions | undefined, endMark: string | undefined): { start: number; end: number; detail: unknown } {
  if (!isObject(startOrOptions)) {
    return {
      start: startOrOptions === undefined || startOrOptions === null ? 0 : toTime(startOrOptions),
      end: endMark === undefined ? now() : toTime(endMark),
      detail: undefined,
    };
  }
  const { start, end, duration, detail } = startOrOptions;
  // The standard also refuses a detail alone; no runtime does.
  if (endMark !== undefined || (start === undefined && end === undefined && duration !== undefined) || (start !== undefined && end !== undefined && duration !== undefined)) {
    throw codedTypeError("ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS", "measure needs a start or an end, and not start, end and duration together");
  }
  const endTime = end !== undefined ? toTime(end) : start !== undefined && duration !== undefined ? toTime(start) + Number(duration) : now();
  const startTime = start !== undefined ? toTime(start) : duration !== undefined ? endTime - Number(duration) : 0;
  return { start: startTime, end: endTime, detail };
}

/** Resource timings that are kept; further ones only go to observers. */
let mostResources = 250;

export interface Utilization {
  idle: number;
  active: number;
  utilization: number;
}

function utilization(idle: number, active: number): Utilization {
  return { idle, active, utilization: idle + active === 0 ? 0 : active / (idle + active) };
}

/** What a client of HTTP in JavaScript (undici) says of a fetch it made. */
function markResourceTiming(
  timing: Record<string, unknown>, url: string, initiatorType: unknown, _global: unknown, cacheMode: unknown, _body: unknown, responseStatus: unknown,
  deliveryType: unknown = "",
): PerformanceResourceTiming {
  const start = Number(timing.startTime ?? 0);
  const detail = { timing, initiatorType, cacheMode, responseStatus, deliveryType };
  const entry = newEntry(PerformanceResourceTiming, toDOMString(url), "resource", start, Number(timing.endTime ?? start) - start, detail);
  if (entries.reduce((count, one) => count + (one.entryType === "resource" ? 1 : 0), 0) < mostResources) record(entry);
  else notifyObservers(entry);
  return entry;
}

export class Performance extends EventTarget {
  constructor(token?: symbol) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    super();
  }

  get timeOrigin(): number {
    return (origin ??= timeOrigin());
  }

  now(): number {
    return now();
  }

  mark(name: string, options?: MarkOptions): PerformanceMark {
    requireArguments(arguments.length, 1);
    const entry = new PerformanceMark(name, options);
    record(entry);
    return entry;
  }

  measure(name: string, startOrOptions?: string | MeasureOptions, endMark?: string): PerformanceMeasure {
    requireArguments(arguments.length, 1);
    const { start, end, detail } = measureBounds(startOrOptions, endMark);
    const entry = newEntry(PerformanceMeasure, toDOMString(name), "measure", start, end - start, detail);
    record(entry);
    return entry;
  }

  clearMarks(name?: string): void {
    entries = entries.filter((entry) => entry.entryType !== "mark" || (name !== undefined && entry.name !== name));
  }

  clearMeasures(name?: string): void {
    entries = entries.filter((entry) => entry.entryType !== "measure" || (name !== undefined && entry.name !== name));
  }

  clearResourceTimings(): void {
    entries = entries.filter((entry) => entry.entryType !== "resource");
  }

  setResourceTimingBufferSize(size: number): void {
    requireArguments(arguments.length, 1);
    mostResources = Math.max(0, Math.trunc(Number(size)) || 0);
  }

  /** How busy the event loop was: since the start, since a result, or between two. */
  eventLoopUtilization(one?: Utilization, other?: Utilization): Utilization {
    if (one !== undefined && other !== undefined) return utilization(one.idle - other.idle, one.active - other.active);
    const idle = idleTime() as number;
    const active = now() - idle;
    return one === undefined ? utilization(idle, active) : utilization(idle - one.idle, active - one.active);
  }

  getEntries(): PerformanceEntry[] {
    return sorted([...entries]);
  }

  getEntriesByName(name: string, type?: string): PerformanceEntry[] {
    requireArguments(arguments.length, 1);
    return sorted(entries.filter((entry) => entry.name === name && (type === undefined || entry.entryType === type)));
  }

  getEntriesByType(type: string): PerformanceEntry[] {
    requireArguments(arguments.length, 1);
    return sorted(entries.filter((entry) => entry.entryType === type));
  }

  timerify<T extends (...args: unknown[]) => unknown>(callback: T): T {
    if (typeof callback !== "function") {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", 'The "fn" argument must be of type function');
    }
    function timerified(this: unknown, ...args: unknown[]): unknown {
      const start = now();
      const result: unknown = new.target === undefined ? Reflect.apply(callback, this, args) : Reflect.construct(callback, args, callback);
      const finish = () => notifyObservers(newEntry(PerformanceEntry, callback.name, "function", start, now() - start, args));
      if (isObject(result) && typeof (result as Promise<unknown>).finally === "function") {
        return (result as Promise<unknown>).finally(finish);
      }
      finish();
      return result;
    }
    Object.defineProperties(timerified, {
      length: { value: callback.length, configurable: true },
      name: { value: `timerified ${callback.name}`, configurable: true },
    });
    return timerified as unknown as T;
  }

  toJSON(): object {
    return { timeOrigin: this.timeOrigin };
  }
}
defineInterface(Performance, "Performance");
defineLengths(Performance, { constructor: 0, mark: 1, measure: 1, clearMarks: 0, clearMeasures: 0, getEntriesByName: 1 });
defineEventHandler(Performance.prototype, "resourcetimingbufferfull");

Object.defineProperty(Performance.prototype, "markResourceTiming", { value: markResourceTiming, writable: true, enumerable: true, configurable: true });

export const performance = new Performance(CREATE);
