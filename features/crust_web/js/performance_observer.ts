// PerformanceObserver and its entry list. Entries are delivered in a task of their own, never while they are recorded.

import { PerformanceEntry } from "crust:web/performance_entry";
import { codedTypeError, defineInterface, isObject } from "crust:web/webidl";

const SUPPORTED = Object.freeze(["function", "mark", "measure", "resource"]);
const active = new Set<PerformanceObserver>();
let scheduled = false;

export class PerformanceObserverEntryList {
  #entries: PerformanceEntry[];

  constructor(entries?: PerformanceEntry[]) {
    if (!Array.isArray(entries)) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    this.#entries = entries.sort((left, right) => left.startTime - right.startTime);
  }

  getEntries(): PerformanceEntry[] {
    return [...this.#entries];
  }
  getEntriesByType(type: string): PerformanceEntry[] {
    return this.#entries.filter((entry) => entry.entryType === type);
  }
  getEntriesByName(name: string, type?: string): PerformanceEntry[] {
    return this.#entries.filter((entry) => entry.name === name && (type === undefined || entry.entryType === type));
  }
}
defineInterface(PerformanceObserverEntryList, "PerformanceObserverEntryList");

interface ObserveOptions {
  entryTypes?: string[];
  type?: string;
  buffered?: boolean;
}

type ObserverCallback = (list: PerformanceObserverEntryList, observer: PerformanceObserver) => void;

let deliver: (observer: PerformanceObserver) => void;
let offer: (observer: PerformanceObserver, entry: PerformanceEntry) => boolean;

export class PerformanceObserver {
  #callback: ObserverCallback;
  #types = new Set<string>();
  #mode: "single" | "multiple" | null = null;
  #buffer: PerformanceEntry[] = [];

  static {
    offer = (observer, entry) => {
      const wanted = observer.#types.has(entry.entryType);
      if (wanted) {
        observer.#buffer.push(entry);
      }
      return wanted;
    };
    deliver = (observer) => {
      if (observer.#buffer.length > 0) {
        const list = new PerformanceObserverEntryList(observer.takeRecords());
        observer.#callback.call(observer, list, observer);
      }
    };
  }

  constructor(callback: ObserverCallback) {
    if (typeof callback !== "function") {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", 'The "callback" argument must be of type function');
    }
    this.#callback = callback;
  }

  static get supportedEntryTypes(): readonly string[] {
    return SUPPORTED;
  }

  observe(options: ObserveOptions): void {
    if (!isObject(options)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", 'The "options" argument must be of type object');
    }
    const { entryTypes, type, buffered } = options;
    if (entryTypes === undefined && type === undefined) {
      throw codedTypeError("ERR_MISSING_ARGS", 'The "options.entryTypes" or "options.type" argument must be specified');
    }
    this.#checkMode(options);
    if (entryTypes !== undefined) {
      this.#types.clear();
    }
    for (const each of entryTypes ?? [type as string]) {
      if (SUPPORTED.includes(each)) {
        this.#types.add(each);
      }
    }
    if (this.#types.size === 0) {
      return;
    }
    active.add(this);
    if (buffered && type !== undefined) {
      const { performance } = require("crust:web/performance") as typeof import("crust:web/performance");
      this.#buffer.push(...performance.getEntriesByType(type));
      schedule();
    }
  }

  #checkMode({ entryTypes, type, buffered }: ObserveOptions): void {
    if (entryTypes !== undefined && (type !== undefined || buffered !== undefined)) {
      throw codedTypeError("ERR_INVALID_ARG_VALUE", 'options.entryTypes cannot be combined with "type" or "buffered"');
    }
    if (entryTypes !== undefined && (!isObject(entryTypes) || typeof entryTypes[Symbol.iterator] !== "function")) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", 'The "options.entryTypes" property must be an instance of string[]');
    }
    const mode = entryTypes === undefined ? "single" : "multiple";
    if (this.#mode !== null && this.#mode !== mode) {
      const { DOMException } = require("crust:web/dom_exception") as typeof import("crust:web/dom_exception");
      throw new DOMException(`This observer already observes ${mode === "single" ? "entryTypes" : "a type"}`, "InvalidModificationError");
    }
    this.#mode = mode;
  }

  disconnect(): void {
    this.#mode = null;
    active.delete(this);
    this.#buffer = [];
    this.#types.clear();
  }

  takeRecords(): PerformanceEntry[] {
    const records = this.#buffer;
    this.#buffer = [];
    return records;
  }
}
defineInterface(PerformanceObserver, "PerformanceObserver");

function schedule(): void {
  if (!scheduled) {
    scheduled = true;
    const { setImmediate } = require("crust:web/timers") as typeof import("crust:web/timers");
    setImmediate(() => {
      scheduled = false;
      for (const observer of [...active]) {
        deliver(observer);
      }
    });
  }
}

/** Offers a new entry to every observer. */
export function notifyObservers(entry: PerformanceEntry): void {
  let wanted = false;
  for (const observer of active) {
    wanted = offer(observer, entry) || wanted;
  }
  if (wanted) {
    schedule();
  }
}
