// PerformanceEntry, PerformanceMark and PerformanceMeasure. They are records and never register themselves.

import { now } from "crust:ops/core";
import { structuredClone } from "crust:web/structured_clone";
import { codedTypeError, defineInterface, defineLengths, inspectCustom, requireArguments, toDictionary, toDOMString } from "crust:web/webidl";

export interface MarkOptions {
  startTime?: number;
  detail?: unknown;
}

export interface MeasureOptions {
  start?: string | number;
  end?: string | number;
  duration?: number;
  detail?: unknown;
}

const CREATE = Symbol("create PerformanceEntry");

export class PerformanceEntry {
  #name: string;
  #type: string;
  #startTime: number;
  #duration: number;
  #detail: unknown;

  constructor(token?: symbol, name?: string, type?: string, startTime?: number, duration?: number, detail?: unknown) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    this.#name = name as string;
    this.#type = type as string;
    this.#startTime = startTime as number;
    this.#duration = duration as number;
    this.#detail = detail === undefined ? null : detail;
  }

  get name(): string {
    return this.#name;
  }
  get entryType(): string {
    return this.#type;
  }
  get startTime(): number {
    return this.#startTime;
  }
  get duration(): number {
    return this.#duration;
  }
  get detail(): unknown {
    return this.#detail;
  }

  toJSON(): Record<string, unknown> {
    const { name, entryType, startTime, duration } = this;
    return { name, entryType, startTime, duration, ...(this.#type === "mark" || this.#type === "measure" || this.#type === "function" ? { detail: this.#detail } : {}) };
  }

  [inspectCustom](depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    return `${this.constructor.name} ${inspect(this.toJSON(), options)}`;
  }
}
defineInterface(PerformanceEntry, "PerformanceEntry");
defineLengths(PerformanceEntry, { constructor: 0 });

export class PerformanceMark extends PerformanceEntry {
  constructor(name: string, options?: MarkOptions) {
    requireArguments(arguments.length, 1);
    toDictionary(options, "options");
    const startTime = options?.startTime === undefined ? now() : Number(options.startTime);
    if (startTime < 0) {
      throw codedTypeError("ERR_PERFORMANCE_INVALID_TIMESTAMP", `${startTime} is not a valid timestamp`);
    }
    const detail = options?.detail;
    super(CREATE, toDOMString(name), "mark", startTime, 0, detail === undefined || detail === null ? null : structuredClone(detail));
  }
}
defineInterface(PerformanceMark, "PerformanceMark");
defineLengths(PerformanceMark, { constructor: 1 });

export class PerformanceMeasure extends PerformanceEntry {}
defineInterface(PerformanceMeasure, "PerformanceMeasure");

/** What a program says of a fetch of its own (Resource Timing). Nothing but `markResourceTiming` makes one. */
export class PerformanceResourceTiming extends PerformanceEntry {
  get initiatorType(): unknown {
    return (this.detail as ResourceDetail).initiatorType;
  }
  get deliveryType(): unknown {
    return (this.detail as ResourceDetail).deliveryType;
  }
  get responseStatus(): unknown {
    return (this.detail as ResourceDetail).responseStatus;
  }
  get transferSize(): number {
    const { cacheMode, timing } = this.detail as ResourceDetail;
    return cacheMode === "local" ? 0 : cacheMode === "validated" ? 300 : Number(timing.encodedBodySize ?? 0) + 300;
  }
}
for (const [name, source] of Object.entries({
  workerStart: "finalServiceWorkerStartTime", redirectStart: "redirectStartTime", redirectEnd: "redirectEndTime", fetchStart: "postRedirectStartTime",
  domainLookupStart: "domainLookupStartTime", domainLookupEnd: "domainLookupEndTime", connectStart: "connectionStartTime",
  connectEnd: "connectionEndTime", secureConnectionStart: "secureConnectionStartTime", nextHopProtocol: "ALPNNegotiatedProtocol",
  requestStart: "finalNetworkRequestStartTime", responseStart: "finalNetworkResponseStartTime", responseEnd: "endTime",
  encodedBodySize: "encodedBodySize", decodedBodySize: "decodedBodySize",
})) {
  Object.defineProperty(PerformanceResourceTiming.prototype, name, {
    get(this: PerformanceEntry) {
      const { timing } = this.detail as ResourceDetail;
      // What concerns the connection is told apart from the fetch.
      return timing[source] ?? (timing.finalConnectionTimingInfo as Record<string, unknown> | null | undefined)?.[source];
    },
    enumerable: true,
    configurable: true,
  });
}

export interface ResourceDetail {
  timing: Record<string, unknown>;
  initiatorType: unknown;
  cacheMode: unknown;
  responseStatus: unknown;
  deliveryType: unknown;
}
defineInterface(PerformanceResourceTiming, "PerformanceResourceTiming");

/** Makes an entry of a class users cannot construct. */
export function newEntry<T extends PerformanceEntry>(
  constructor: new (...args: never[]) => T,
  name: string,
  type: string,
  startTime: number,
  duration: number,
  detail: unknown,
): T {
  return Reflect.construct(constructor, [CREATE, name, type, startTime, duration, detail === undefined || type === "function" || type === "resource" ? detail : structuredClone(detail)]) as T;
}
