// `process` as an EventEmitter, with signals as events: a signal is watched while somebody listens to it.

import { EventEmitter } from "crust:node/events";

const { on, prependListener, removeListener, removeAllListeners } = EventEmitter.prototype as any;

function isSignal(event: unknown): event is string {
  return typeof event === "string" && event.startsWith("SIG");
}

function watchAfter(add: (...args: unknown[]) => unknown) {
  return function (this: any, event: unknown, listener: unknown) {
    const result = add.call(this, event, listener);
    if (isSignal(event)) require("crust:process/signals").watch(this, event);
    return result;
  };
}

function remove(this: any, event: unknown, listener: unknown): unknown {
  const result = removeListener.call(this, event, listener);
  if (isSignal(event)) require("crust:process/signals").unwatch(this, event);
  return result;
}

function removeAll(this: any, ...args: unknown[]): unknown {
  const events = args.length === 0 ? this.eventNames() : args;
  const result = removeAllListeners.apply(this, args);
  for (const name of events) if (isSignal(name)) require("crust:process/signals").unwatch(this, name);
  return result;
}

/** Puts EventEmitter behind the process's prototype and answers EventEmitter's. */
export function install(process: any, prototype: object): object {
  Object.setPrototypeOf(prototype, EventEmitter.prototype);
  const add = watchAfter(on);
  const methods = { on: add, addListener: add, prependListener: watchAfter(prependListener), removeListener: remove, off: remove, removeAllListeners: removeAll };
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  (EventEmitter as any).call(process);
  return prototype;
}
