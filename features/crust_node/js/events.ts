// `node:events`: EventEmitter and its helpers. Knows nothing of streams or of the event loop.
//
// A type with one listener stores the function itself, with several an array that is never changed but
// replaced; so emit walks it without a copy.

import { codes, AbortError } from "crust:node/internal/errors";
import { validateAbortSignal, validateBoolean, validateFunction, validateInteger, validateNumber, validateObject } from "crust:node/internal/validators";

type Listener = ((...args: any[]) => any) & { listener?: Listener };
type EventName = string | symbol;

const kCapture = Symbol("kCapture");
const kRejection = Symbol.for("nodejs.rejection");
const kErrorMonitor = Symbol("events.errorMonitor");
const kMaxEventTargetListeners = Symbol("events.maxEventTargetListeners");
const kMaxEventTargetListenersWarned = Symbol("events.maxEventTargetListenersWarned");

let defaultMaxListeners = 10;

// A function, not a class: programs call it without `new` through `EventEmitter.call(this)`.
function EventEmitter(this: any, options?: { captureRejections?: boolean }) {
  EventEmitter.init.call(this, options);
}

EventEmitter.prototype._events = undefined as any;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined as any;
Object.defineProperty(EventEmitter.prototype, kCapture, { value: false, writable: true, enumerable: false });

const proto: any = EventEmitter.prototype;

EventEmitter.init = function init(this: any, options?: { captureRejections?: boolean }) {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = Object.create(null);
    this._eventsCount = 0;
  }
  this._maxListeners = this._maxListeners || undefined;
  if (options?.captureRejections) {
    validateBoolean(options.captureRejections, "options.captureRejections");
    this[kCapture] = Boolean(options.captureRejections);
  } else if (proto[kCapture]) this[kCapture] = true;
};

proto.setMaxListeners = function setMaxListeners(n: number) {
  validateNumber(n, "setMaxListeners", 0);
  this._maxListeners = n;
  return this;
};

function maxListenersOf(emitter: any): number {
  return emitter._maxListeners === undefined ? defaultMaxListeners : emitter._maxListeners;
}

proto.getMaxListeners = function getMaxListeners() {
  return maxListenersOf(this);
};

function emitUnhandledError(emitter: any, events: any, args: any[]): never {
  const error = args[0];
  if (error instanceof Error) throw error;
  let shown: string;
  try {
    shown = require("crust:console/node_inspect").inspect(error);
  } catch {
    shown = String(error);
  }
  const unhandled: any = new codes.ERR_UNHANDLED_ERROR!(shown);
  unhandled.context = error;
  throw unhandled;
}

function captureRejection(emitter: any, result: any, type: EventName, args: any[]): void {
  try {
    const then = result.then;
    if (typeof then === "function") {
      then.call(result, undefined, (error: any) => {
        // Out of the promise's own reactions, so that a throw there is an uncaught exception.
        process.nextTick(deliverRejection, emitter, error, type, args);
      });
    }
  } catch (error) {
    emitter.emit("error", error);
  }
}

function deliverRejection(emitter: any, error: any, type: EventName, args: any[]): void {
  if (typeof emitter[kRejection] === "function") {
    emitter[kRejection](error, type, ...args);
    return;
  }
  // The handler of "error" may reject too: it must not come back here.
  const before = emitter[kCapture];
  try {
    emitter[kCapture] = false;
    emitter.emit("error", error);
  } finally {
    emitter[kCapture] = before;
  }
}

// Counted arguments instead of a rest list: the few common counts become plain calls.
function callListener(listener: Listener, self: any, args: IArguments): any {
  switch (args.length) {
    case 1: return listener.call(self);
    case 2: return listener.call(self, args[1]);
    case 3: return listener.call(self, args[1], args[2]);
    case 4: return listener.call(self, args[1], args[2], args[3]);
    default: return listener.apply(self, Array.prototype.slice.call(args, 1));
  }
}

proto.emit = function emit(type: EventName): boolean {
  const events = this._events;
  if (type === "error") {
    if (events !== undefined && events[kErrorMonitor] !== undefined) this.emit(kErrorMonitor, ...Array.prototype.slice.call(arguments, 1));
    if (events === undefined || events.error === undefined) emitUnhandledError(this, events, Array.prototype.slice.call(arguments, 1));
  } else if (events === undefined) return false;
  const handler = events[type];
  if (handler === undefined) return false;
  if (typeof handler === "function") {
    const result = callListener(handler, this, arguments);
    if (result !== undefined && result !== null && this[kCapture]) captureRejection(this, result, type, Array.prototype.slice.call(arguments, 1));
    return true;
  }
  // Listeners added or removed meanwhile make another array: this round keeps its own.
  for (let i = 0; i < handler.length; i++) {
    const result = callListener(handler[i], this, arguments);
    if (result !== undefined && result !== null && this[kCapture]) captureRejection(this, result, type, Array.prototype.slice.call(arguments, 1));
  }
  return true;
};

function checkListener(listener: unknown): void {
  if (typeof listener !== "function") throw new codes.ERR_INVALID_ARG_TYPE!("listener", "Function", listener);
}

function warnAboutLeak(target: any, type: EventName, listeners: any[]): void {
  (listeners as any).warned = true;
  const name = require("crust:console/node_inspect").inspect(target, { depth: -1 });
  const warning: any = new Error(
    `Possible EventEmitter memory leak detected. ${listeners.length} ${String(type)} listeners added to ${name}. MaxListeners is ${maxListenersOf(target)}. Use emitter.setMaxListeners() to increase limit`,
  );
  warning.name = "MaxListenersExceededWarning";
  warning.emitter = target;
  warning.type = type;
  warning.count = listeners.length;
  process.emitWarning(warning);
}

function addListenerTo(target: any, type: EventName, listener: Listener, prepend: boolean): any {
  checkListener(listener);
  let events = target._events;
  if (events === undefined) {
    events = target._events = Object.create(null);
    target._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    target.emit("newListener", type, listener.listener ?? listener);
    events = target._events;
  }
  const existing = events[type];
  if (existing === undefined) {
    events[type] = listener;
    ++target._eventsCount;
    return target;
  }
  const before = typeof existing === "function" ? [existing] : existing;
  const list: any = prepend ? [listener, ...before] : [...before, listener];
  if (before.warned) list.warned = true;
  events[type] = list;
  const max = maxListenersOf(target);
  if (max > 0 && list.length > max && !list.warned) warnAboutLeak(target, type, list);
  return target;
}

proto.addListener = function addListener(type: EventName, listener: Listener) {
  return addListenerTo(this, type, listener, false);
};
proto.on = proto.addListener;
proto.prependListener = function prependListener(type: EventName, listener: Listener) {
  return addListenerTo(this, type, listener, true);
};

function wrapOnce(target: any, type: EventName, listener: Listener): Listener {
  let fired = false;
  const wrapped: Listener = function (this: any, ...args: any[]) {
    if (fired) return undefined;
    target.removeListener(type, wrapped);
    fired = true;
    return listener.apply(target, args);
  };
  wrapped.listener = listener;
  return wrapped;
}

proto.once = function once(type: EventName, listener: Listener) {
  checkListener(listener);
  this.on(type, wrapOnce(this, type, listener));
  return this;
};
proto.prependOnceListener = function prependOnceListener(type: EventName, listener: Listener) {
  checkListener(listener);
  this.prependListener(type, wrapOnce(this, type, listener));
  return this;
};

function forgetType(emitter: any, type: EventName): void {
  if (--emitter._eventsCount === 0) emitter._events = Object.create(null);
  else delete emitter._events[type];
}

proto.removeListener = function removeListener(type: EventName, listener: Listener) {
  checkListener(listener);
  const events = this._events;
  const list = events?.[type];
  if (list === undefined) return this;
  if (list === listener || list.listener === listener) {
    forgetType(this, type);
    if (events.removeListener) this.emit("removeListener", type, list.listener || listener);
    return this;
  }
  if (typeof list === "function") return this;
  let at = list.length - 1;
  while (at >= 0 && list[at] !== listener && list[at].listener !== listener) at--;
  if (at < 0) return this;
  const removed = list[at];
  if (list.length === 2) events[type] = list[1 - at];
  else {
    const rest: any = list.toSpliced(at, 1);
    if (list.warned) rest.warned = true;
    events[type] = rest;
  }
  if (events.removeListener !== undefined) this.emit("removeListener", type, removed.listener || listener);
  return this;
};
proto.off = proto.removeListener;

proto.removeAllListeners = function removeAllListeners(type?: EventName) {
  const events = this._events;
  if (events === undefined) return this;
  if (events.removeListener === undefined) {
    if (arguments.length === 0) {
      this._events = Object.create(null);
      this._eventsCount = 0;
    } else if (events[type!] !== undefined) forgetType(this, type!);
    return this;
  }
  if (arguments.length === 0) {
    for (const key of Reflect.ownKeys(events)) if (key !== "removeListener") this.removeAllListeners(key as EventName);
    this.removeAllListeners("removeListener");
    this._events = Object.create(null);
    this._eventsCount = 0;
    return this;
  }
  const listeners = events[type!];
  if (typeof listeners === "function") this.removeListener(type!, listeners);
  else if (listeners !== undefined) for (let i = listeners.length - 1; i >= 0; i--) this.removeListener(type!, listeners[i]);
  return this;
};

function listenersOf(target: any, type: EventName, unwrap: boolean): Listener[] {
  const found = target._events?.[type];
  if (found === undefined) return [];
  if (typeof found === "function") return unwrap ? [found.listener || found] : [found];
  return unwrap ? found.map((listener: Listener) => listener.listener || listener) : found.slice();
}

proto.listeners = function listeners(type: EventName) {
  return listenersOf(this, type, true);
};
proto.rawListeners = function rawListeners(type: EventName) {
  return listenersOf(this, type, false);
};

function listenerCountOf(this: any, type: EventName, listener?: Listener): number {
  const found = this._events?.[type];
  if (found === undefined) return 0;
  if (typeof found === "function") return listener != null ? Number(listener === found || listener === found.listener) : 1;
  if (listener == null) return found.length;
  return found.filter((one: Listener) => one === listener || one.listener === listener).length;
}
proto.listenerCount = function listenerCount(type: EventName, listener?: Listener) {
  return listenerCountOf.call(this, type, listener);
};
proto.eventNames = function eventNames() {
  return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : [];
};

/** The listeners of an EventEmitter or an EventTarget. */
export function getEventListeners(target: any, type: EventName): Listener[] {
  if (typeof target?.listeners === "function") return target.listeners(type);
  if (target instanceof EventTarget) return require("crust:web/events").getEventListeners(target, type);
  throw new codes.ERR_INVALID_ARG_TYPE!("emitter", ["EventEmitter", "EventTarget"], target);
}

export function getMaxListeners(target: any): number {
  if (typeof target?.getMaxListeners === "function") return maxListenersOf(target);
  if (target?.[kMaxEventTargetListeners] !== undefined) return target[kMaxEventTargetListeners];
  if (target instanceof EventTarget) return defaultMaxListeners;
  throw new codes.ERR_INVALID_ARG_TYPE!("emitter", ["EventEmitter", "EventTarget"], target);
}

/** Sets the limit of the given targets, or of every new emitter. */
export function setMaxListeners(n = defaultMaxListeners, ...targets: any[]): void {
  validateNumber(n, "setMaxListeners", 0);
  if (targets.length === 0) {
    defaultMaxListeners = n;
    return;
  }
  for (const target of targets) {
    if (target instanceof EventTarget) {
      (target as any)[kMaxEventTargetListeners] = n;
      (target as any)[kMaxEventTargetListenersWarned] = false;
    } else if (typeof target?.setMaxListeners === "function") target.setMaxListeners(n);
    else throw new codes.ERR_INVALID_ARG_TYPE!("eventTargets", ["EventEmitter", "EventTarget"], target);
  }
}

export function listenerCount(emitter: any, type: EventName, listener?: Listener): number {
  if (typeof emitter?.listenerCount === "function") return emitter.listenerCount(type, listener);
  if (emitter instanceof EventTarget) return getEventListeners(emitter, type).length;
  throw new codes.ERR_INVALID_ARG_TYPE!("emitter", ["EventEmitter", "EventTarget"], emitter);
}

function listen(emitter: any, name: EventName, listener: Listener, once = false): void {
  if (typeof emitter.on === "function") {
    if (once) emitter.once(name, listener);
    else emitter.on(name, listener);
  } else if (typeof emitter.addEventListener === "function") emitter.addEventListener(name, listener, { once });
  else throw new codes.ERR_INVALID_ARG_TYPE!("emitter", "EventEmitter", emitter);
}

function unlisten(emitter: any, name: EventName, listener: Listener): void {
  if (typeof emitter.removeListener === "function") emitter.removeListener(name, listener);
  else if (typeof emitter.removeEventListener === "function") emitter.removeEventListener(name, listener);
  else throw new codes.ERR_INVALID_ARG_TYPE!("emitter", "EventEmitter", emitter);
}

/** A promise of the arguments of the next `name` event. */
export async function once(emitter: any, name: EventName, options: { signal?: AbortSignal } = {}): Promise<any[]> {
  validateObject(options, "options");
  const signal = options?.signal;
  validateAbortSignal(signal, "options.signal");
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  return new Promise((resolve, reject) => {
    const finish = () => {
      unlisten(emitter, name, onEvent);
      if (typeof emitter.removeListener === "function") emitter.removeListener("error", onError);
      signal?.removeEventListener("abort", onAbort);
    };
    const onEvent = (...args: any[]) => {
      finish();
      resolve(args);
    };
    const onError = (error: any) => {
      finish();
      reject(error);
    };
    const onAbort = () => {
      finish();
      reject(new AbortError(undefined, { cause: signal!.reason }));
    };
    listen(emitter, name, onEvent, true);
    if (name !== "error" && typeof emitter.once === "function") emitter.once("error", onError);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

interface OnOptions {
  signal?: AbortSignal;
  close?: EventName[];
  highWaterMark?: number;
  lowWaterMark?: number;
}

/** An async iterator over the arguments of every `name` event from now on. */
export function on(emitter: any, name: EventName, options: OnOptions = {}): AsyncIterableIterator<any[]> {
  validateObject(options, "options");
  const signal = options.signal;
  validateAbortSignal(signal, "options.signal");
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  const high = options.highWaterMark ?? Number.MAX_SAFE_INTEGER;
  const low = options.lowWaterMark ?? 1;
  validateInteger(high, "options.highWaterMark", 1);
  validateInteger(low, "options.lowWaterMark", 1);

  const events: any[][] = [];
  const waiting: { resolve(result: any): void; reject(reason: any): void }[] = [];
  const listened: [EventName, Listener][] = [];
  let failure: any;
  let failed = false;
  let finished = false;
  let paused = false;

  const attach = (type: EventName, listener: Listener) => {
    listen(emitter, type, listener);
    listened.push([type, listener]);
  };
  const close = () => {
    signal?.removeEventListener("abort", onAbort);
    for (const [type, listener] of listened) unlisten(emitter, type, listener);
    finished = true;
    for (const waiter of waiting.splice(0)) waiter.resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true as const });
  };
  const onEvent = (...args: any[]) => {
    const waiter = waiting.shift();
    if (waiter) return waiter.resolve({ value: args, done: false });
    events.push(args);
    if (!paused && events.length > high && typeof emitter.pause === "function") {
      paused = true;
      emitter.pause();
    }
  };
  const onError = (error: any) => {
    const waiter = waiting.shift();
    if (waiter) waiter.reject(error);
    else {
      failure = error;
      failed = true;
    }
    close();
  };
  const onAbort = () => onError(new AbortError(undefined, { cause: signal!.reason }));

  const iterator: any = {
    next() {
      if (events.length > 0) {
        const value = events.shift();
        if (paused && events.length < low && typeof emitter.resume === "function") {
          paused = false;
          emitter.resume();
        }
        return Promise.resolve({ value, done: false });
      }
      if (failed) {
        failed = false;
        return Promise.reject(failure);
      }
      if (finished) return close();
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return: close,
    throw(error: any) {
      if (!error || !(error instanceof Error)) throw new codes.ERR_INVALID_ARG_TYPE!("EventEmitter.AsyncIterator", "Error", error);
      onError(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  Object.setPrototypeOf(iterator, Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())));
  attach(name, onEvent);
  if (name !== "error" && typeof emitter.on === "function") attach("error", onError);
  for (const type of options.close ?? []) attach(type, close);
  signal?.addEventListener("abort", onAbort, { once: true });
  return iterator;
}

/** Calls `listener` once when `signal` aborts, also when that happened before; disposable. */
export function addAbortListener(signal: AbortSignal, listener: Listener): Disposable {
  if (signal === undefined) throw new codes.ERR_INVALID_ARG_TYPE!("signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  validateFunction(listener, "listener");
  let remove: (() => void) | undefined;
  if (signal.aborted) queueMicrotask(() => listener());
  else {
    signal.addEventListener("abort", listener as any, { once: true });
    remove = () => signal.removeEventListener("abort", listener as any);
  }
  return { [Symbol.dispose]: () => remove?.() } as Disposable;
}

/** Loads its body on first use: few programs bind emitters to async contexts. */
export function EventEmitterAsyncResource(this: any, options?: any): any {
  const real = require("crust:node/internal/emitter_async_resource").EventEmitterAsyncResource;
  Object.setPrototypeOf(EventEmitterAsyncResource.prototype, real.prototype);
  return Reflect.construct(real, [options], new.target ?? (EventEmitterAsyncResource as any));
}

export const captureRejectionSymbol = kRejection;
export const errorMonitor = kErrorMonitor;
export const usingDomains = false;
export const captureRejections = false;
export const init = EventEmitter.init;

const statics: Record<string, unknown> = { addAbortListener, once, on, getEventListeners, getMaxListeners, EventEmitter, usingDomains, captureRejectionSymbol, errorMonitor, setMaxListeners, listenerCount };
for (const key of Object.keys(statics)) (EventEmitter as any)[key] = statics[key];

Object.defineProperties(EventEmitter, {
  captureRejections: {
    get: () => proto[kCapture],
    set(value: boolean) {
      validateBoolean(value, "EventEmitter.captureRejections");
      proto[kCapture] = value;
    },
    enumerable: true,
    configurable: true,
  },
  defaultMaxListeners: {
    get: () => defaultMaxListeners,
    set(value: number) {
      validateNumber(value, "defaultMaxListeners", 0);
      defaultMaxListeners = value;
    },
    enumerable: true,
    configurable: true,
  },
  EventEmitterAsyncResource: { value: EventEmitterAsyncResource, writable: true, enumerable: true, configurable: true },
});

export { EventEmitter, defaultMaxListeners };
export default EventEmitter;
