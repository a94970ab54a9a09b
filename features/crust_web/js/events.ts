// Event and EventTarget of the DOM standard, without a tree: a target has no parent.
// Exceptions of listeners are reported, never thrown to the dispatcher. The other event classes are in event_types.ts.

import { now } from "crust:ops/core";
import { DOMException } from "crust:web/dom_exception";
import { reportException } from "crust:web/report_error";
import { codedTypeError, defineConstants, defineInterface, defineLengths, describe, isObject, requireArguments, toDOMString } from "crust:web/webidl";

const NONE = 0;
const AT_TARGET = 2;

export interface EventInit {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

let setTrusted: (event: Event) => void;
let runDispatch: (event: Event, target: EventTarget, listeners: Listener[] | undefined) => boolean;
let isEvent: (value: object) => boolean;
let isDispatching: (event: Event) => boolean;

export class Event {
  #type: string;
  #target: EventTarget | null = null;
  #currentTarget: EventTarget | null = null;
  #phase = NONE;
  #bubbles = false;
  #cancelable = false;
  #composed = false;
  #canceled = false;
  #passive = false;
  #stopped = false;
  #stoppedNow = false;
  #dispatching = false;
  #trusted = false;
  #timeStamp = now();

  static {
    isEvent = (value) => #type in value;
    isDispatching = (event) => event.#dispatching;
    setTrusted = (event) => {
      event.#trusted = true;
    };
    runDispatch = (event, target, listeners) => {
      event.#dispatching = true;
      event.#target = target;
      event.#currentTarget = target;
      event.#phase = AT_TARGET;
      if (listeners !== undefined && !event.#stopped) {
        // The list is copied on write (see EventTarget), so these loops see the listeners of now. At the target
        // the capturing ones come first.
        if (listeners.some((listener) => listener.capture)) {
          event.#invokeAll(listeners, target, true);
        }
        if (!event.#stopped) {
          event.#invokeAll(listeners, target, false);
        }
      }
      event.#phase = NONE;
      event.#currentTarget = null;
      event.#dispatching = false;
      event.#stopped = false;
      event.#stoppedNow = false;
      return !event.#canceled;
    };
  }

  #invokeAll(listeners: Listener[], target: EventTarget, capture: boolean): void {
    for (const listener of listeners) {
      if (listener.removed || listener.capture !== capture) {
        continue;
      }
      this.#passive = listener.passive;
      invoke(listener, this, target);
      this.#passive = false;
      if (this.#stoppedNow) {
        return;
      }
    }
  }

  constructor(type: string, init?: EventInit) {
    requireArguments(arguments.length, 1);
    this.#type = toDOMString(type);
    if (init !== undefined && init !== null) {
      if (!isObject(init)) {
        throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "eventInitDict" argument must be of type object. Received ${describe(init)}`);
      }
      this.#bubbles = Boolean(init.bubbles);
      this.#cancelable = Boolean(init.cancelable);
      this.#composed = Boolean(init.composed);
    }
  }

  get type(): string {
    return this.#type;
  }
  get target(): EventTarget | null {
    return this.#target;
  }
  get srcElement(): EventTarget | null {
    return this.#target;
  }
  get currentTarget(): EventTarget | null {
    return this.#currentTarget;
  }
  get eventPhase(): number {
    return this.#phase;
  }
  get bubbles(): boolean {
    return this.#bubbles;
  }
  get cancelable(): boolean {
    return this.#cancelable;
  }
  get composed(): boolean {
    return this.#composed;
  }
  get defaultPrevented(): boolean {
    return this.#canceled;
  }
  get isTrusted(): boolean {
    return this.#trusted;
  }
  get timeStamp(): number {
    return this.#timeStamp;
  }
  get returnValue(): boolean {
    return !this.#canceled;
  }
  set returnValue(value: boolean) {
    if (!value) {
      this.preventDefault();
    }
  }
  get cancelBubble(): boolean {
    return this.#stopped;
  }
  set cancelBubble(value: boolean) {
    if (value) {
      this.#stopped = true;
    }
  }

  composedPath(): EventTarget[] {
    return this.#currentTarget === null ? [] : [this.#currentTarget];
  }
  stopPropagation(): void {
    this.#stopped = true;
  }
  stopImmediatePropagation(): void {
    this.#stopped = true;
    this.#stoppedNow = true;
  }
  preventDefault(): void {
    if (this.#cancelable && !this.#passive) {
      this.#canceled = true;
    }
  }
  initEvent(type: string, bubbles = false, cancelable = false): void {
    if (this.#dispatching) {
      return;
    }
    this.#type = toDOMString(type);
    this.#bubbles = Boolean(bubbles);
    this.#cancelable = Boolean(cancelable);
    this.#canceled = false;
    this.#stopped = false;
    this.#stoppedNow = false;
    this.#target = null;
    this.#trusted = false;
  }
}

defineInterface(Event, "Event");
defineLengths(Event, { constructor: 1 });
defineConstants(Event, { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 });

type EventListenerFunction = (this: unknown, event: Event) => unknown;
export type EventListenerLike = EventListenerFunction | { handleEvent(event: Event): unknown } | null;

interface Listener {
  callback: Exclude<EventListenerLike, null>;
  capture: boolean;
  once: boolean;
  passive: boolean;
  removed: boolean;
  target: EventTarget;
}

interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: string, listener: () => void, options: object): void;
}

export interface AddEventListenerOptions {
  capture?: boolean;
  once?: boolean;
  passive?: boolean;
  signal?: AbortSignalLike;
}

function invoke(listener: Listener, event: Event, target: EventTarget): void {
  if (listener.once) {
    removeListener(target, event.type, listener);
  }
  try {
    const callback = listener.callback;
    const result = typeof callback === "function" ? callback.call(target, event) : callback.handleEvent(event);
    // As in Node: a rejected promise of an async listener is an uncaught error.
    if (isObject(result) && typeof (result as PromiseLike<unknown>).then === "function") {
      void (result as PromiseLike<unknown>).then(undefined, reportException);
    }
  } catch (error) {
    reportException(error);
  }
}

let removeListener: (target: EventTarget, type: string, listener: Listener) => void;
let handlersOf: (target: EventTarget) => Map<string, Listener>;
let callbacksOf: (target: EventTarget, type: string) => unknown[];

export class EventTarget {
  #listeners: Map<string, Listener[]> | null = null;
  #handlers: Map<string, Listener> | null = null;

  static {
    removeListener = (target, type, listener) => {
      listener.removed = true;
      const list = target.#listeners?.get(type);
      if (list === undefined) {
        return;
      }
      const rest = list.filter((other) => other !== listener);
      if (rest.length === 0) {
        target.#listeners?.delete(type);
      } else {
        target.#listeners?.set(type, rest);
      }
    };
    handlersOf = (target) => (target.#handlers ??= new Map());
    callbacksOf = (target, type) => (target.#listeners?.get(type) ?? []).map((listener) => listener.callback);
  }

  addEventListener(type: string, callback: EventListenerLike, options?: AddEventListenerOptions | boolean): void {
    requireArguments(arguments.length, 2);
    const name = toDOMString(type);
    const flags: AddEventListenerOptions = isObject(options) ? options : { capture: Boolean(options) };
    const { passive, signal } = flags;
    if (signal !== undefined && (!isObject(signal) || typeof signal.aborted !== "boolean")) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "options.signal" property must be an instance of AbortSignal. Received ${describe(signal)}`);
    }
    if (callback === null || callback === undefined) {
      return;
    }
    if (!isObject(callback)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "listener" argument must be an instance of EventListener. Received ${describe(callback)}`);
    }
    if (signal?.aborted) {
      return;
    }
    const capture = Boolean(flags.capture);
    const list = this.#listeners?.get(name);
    if (list?.some((other) => other.callback === callback && other.capture === capture)) {
      return;
    }
    const listener: Listener = {
      callback,
      capture,
      once: Boolean(flags.once),
      passive: Boolean(passive),
      removed: false,
      target: this,
    };
    this.#listeners ??= new Map();
    this.#listeners.set(name, list === undefined ? [listener] : [...list, listener]);
    signal?.addEventListener("abort", () => removeListener(this, name, listener), { once: true });
  }

  removeEventListener(type: string, callback: EventListenerLike, options?: AddEventListenerOptions | boolean): void {
    requireArguments(arguments.length, 2);
    const name = toDOMString(type);
    const capture = Boolean(isObject(options) ? options.capture : options);
    const listener = this.#listeners?.get(name)?.find((other) => other.callback === callback && other.capture === capture);
    if (listener !== undefined) {
      removeListener(this, name, listener);
    }
  }

  dispatchEvent(event: Event): boolean {
    requireArguments(arguments.length, 1);
    if (!isObject(event) || !isEvent(event)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "event" argument must be an instance of Event. Received ${describe(event)}`);
    }
    if (isDispatching(event)) {
      throw new DOMException("The event is already being dispatched.", "InvalidStateError");
    }
    return runDispatch(event, this, this.#listeners?.get(event.type));
  }
}

defineInterface(EventTarget, "EventTarget");
defineLengths(EventTarget, { addEventListener: 2, removeEventListener: 2 });

/** Dispatches an event the platform itself made: `isTrusted` is true. */
export function dispatchTrusted(target: EventTarget, event: Event): boolean {
  setTrusted(event);
  return target.dispatchEvent(event);
}

/** How many listeners, handlers of `on…` attributes included, wait for the type. */
export function listenerCount(target: EventTarget, type: string): number {
  return callbacksOf(target, type).length;
}

/** The callbacks that wait for the type, in order: node:events' getEventListeners. */
export function getEventListeners(target: EventTarget, type: string): unknown[] {
  const handler = handlersOf(target).get(type);
  return callbacksOf(target, type).map((callback) => (isHandlerListener(callback) && handler !== undefined ? handler.callback : callback));
}

/**
 * Defines an `on<type>` attribute on a prototype. As the HTML standard says, the handler keeps the
 * place in the listener order that it got when it was first set.
 */
export function defineEventHandler(prototype: EventTarget, type: string, changed?: (target: EventTarget) => void): void {
  Object.defineProperty(prototype, `on${type}`, {
    enumerable: true,
    configurable: true,
    get(this: EventTarget) {
      return handlersOf(this).get(type)?.callback ?? null;
    },
    set(this: EventTarget, value: unknown) {
      setHandler(this, type, typeof value === "function" ? (value as EventListenerFunction) : null);
      changed?.(this);
    },
  });
}

const HANDLER = Symbol("listener of an on… attribute");

function isHandlerListener(callback: unknown): boolean {
  return isObject(callback) && HANDLER in callback;
}

function setHandler(target: EventTarget, type: string, callback: EventListenerFunction | null): void {
  const handlers = handlersOf(target);
  const present = handlers.get(type);
  if (callback === null) {
    handlers.delete(type);
    if (present !== undefined) {
      removeListener(target, type, present);
    }
  } else if (present !== undefined) {
    present.callback = callback;
  } else {
    // A wrapper object keeps `target.addEventListener(type, callback)` a separate listener.
    const holder: { callback: EventListenerFunction } = { callback };
    const listener = { handleEvent: (event: Event) => runHandler(target, holder.callback, event), [HANDLER]: true };
    target.addEventListener(type, listener);
    handlers.set(type, handlerRecord(target, type, listener, holder));
  }
}

// The handler map's record reads and writes the holder, so that replacing the handler keeps its place.
function handlerRecord(
  target: EventTarget,
  type: string,
  listener: { handleEvent(event: Event): unknown },
  holder: { callback: EventListenerFunction },
): Listener {
  return {
    capture: false,
    once: false,
    passive: false,
    target,
    get callback() {
      return holder.callback;
    },
    set callback(value) {
      holder.callback = value as EventListenerFunction;
    },
    get removed() {
      return false;
    },
    set removed(_value: boolean) {
      target.removeEventListener(type, listener);
    },
  };
}

function runHandler(target: EventTarget, callback: EventListenerFunction, event: Event): unknown {
  const result = callback.call(target, event);
  if (result === false) {
    event.preventDefault();
  }
  return result;
}
