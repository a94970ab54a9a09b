// The event classes built on Event: CustomEvent, ErrorEvent, CloseEvent, MessageEvent, PromiseRejectionEvent, ProgressEvent.
// They carry data and never dispatch themselves.

import { Event } from "crust:web/events";
import type { EventInit, EventTarget } from "crust:web/events";
import { codedTypeError, defineInterface, defineLengths, requireArguments, toDOMString, toUSVString } from "crust:web/webidl";

export class CustomEvent<T = unknown> extends Event {
  #detail: T | null;

  constructor(type: string, init?: EventInit & { detail?: T }) {
    super(type, init);
    this.#detail = init?.detail ?? null;
  }
  get detail(): T | null {
    return this.#detail;
  }
  initCustomEvent(type: string, bubbles = false, cancelable = false, detail: T | null = null): void {
    this.initEvent(type, bubbles, cancelable);
    this.#detail = detail;
  }
}
defineInterface(CustomEvent, "CustomEvent");
defineLengths(CustomEvent, { constructor: 1 });

export interface ErrorEventInit extends EventInit {
  message?: string;
  filename?: string;
  lineno?: number;
  colno?: number;
  error?: unknown;
}

export class ErrorEvent extends Event {
  #message: string;
  #filename: string;
  #lineno: number;
  #colno: number;
  #error: unknown;

  constructor(type: string, init?: ErrorEventInit) {
    super(type, init);
    this.#message = toDOMString(init?.message ?? "");
    this.#filename = toUSVString(init?.filename ?? "");
    this.#lineno = Number(init?.lineno ?? 0) >>> 0;
    this.#colno = Number(init?.colno ?? 0) >>> 0;
    this.#error = init?.error;
  }
  get message(): string {
    return this.#message;
  }
  get filename(): string {
    return this.#filename;
  }
  get lineno(): number {
    return this.#lineno;
  }
  get colno(): number {
    return this.#colno;
  }
  get error(): unknown {
    return this.#error;
  }
}
defineInterface(ErrorEvent, "ErrorEvent");
defineLengths(ErrorEvent, { constructor: 1 });

export class CloseEvent extends Event {
  #wasClean: boolean;
  #code: number;
  #reason: string;

  constructor(type: string, init?: EventInit & { wasClean?: boolean; code?: number; reason?: string }) {
    super(type, init);
    this.#wasClean = Boolean(init?.wasClean);
    this.#code = Number(init?.code ?? 0) & 0xffff;
    this.#reason = toUSVString(init?.reason ?? "");
  }
  get wasClean(): boolean {
    return this.#wasClean;
  }
  get code(): number {
    return this.#code;
  }
  get reason(): string {
    return this.#reason;
  }
}
defineInterface(CloseEvent, "CloseEvent");
defineLengths(CloseEvent, { constructor: 1 });

export interface MessageEventInit extends EventInit {
  data?: unknown;
  origin?: string;
  lastEventId?: string;
  source?: EventTarget | null;
  ports?: Iterable<EventTarget>;
}

export class MessageEvent extends Event {
  #data: unknown;
  #origin: string;
  #lastEventId: string;
  #source: EventTarget | null;
  #ports: readonly EventTarget[];

  constructor(type: string, init?: MessageEventInit) {
    super(type, init);
    this.#data = init?.data === undefined ? null : init.data;
    this.#origin = toUSVString(init?.origin ?? "");
    this.#lastEventId = toDOMString(init?.lastEventId ?? "");
    this.#source = init?.source ?? null;
    this.#ports = Object.freeze([...(init?.ports ?? [])]);
  }
  get data(): unknown {
    return this.#data;
  }
  get origin(): string {
    return this.#origin;
  }
  get lastEventId(): string {
    return this.#lastEventId;
  }
  get source(): EventTarget | null {
    return this.#source;
  }
  get ports(): readonly EventTarget[] {
    return this.#ports;
  }
  initMessageEvent(type: string, bubbles = false, cancelable = false, data: unknown = null, origin = "", lastEventId = "", source: EventTarget | null = null, ports: Iterable<EventTarget> = []): void {
    requireArguments(arguments.length, 1);
    this.initEvent(type, bubbles, cancelable);
    this.#data = data;
    this.#origin = toUSVString(origin);
    this.#lastEventId = toDOMString(lastEventId);
    this.#source = source;
    this.#ports = Object.freeze([...ports]);
  }
}
defineInterface(MessageEvent, "MessageEvent");
defineLengths(MessageEvent, { constructor: 1, initMessageEvent: 1 });

export class PromiseRejectionEvent extends Event {
  #promise: object;
  #reason: unknown;

  constructor(type: string, init: EventInit & { promise: object; reason?: unknown }) {
    super(type, init);
    if (typeof init?.promise !== "object" || init.promise === null) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", "PromiseRejectionEvent needs an init object with a promise");
    }
    this.#promise = init.promise;
    this.#reason = init.reason;
  }
  get promise(): object {
    return this.#promise;
  }
  get reason(): unknown {
    return this.#reason;
  }
}
defineInterface(PromiseRejectionEvent, "PromiseRejectionEvent");

export class ProgressEvent extends Event {
  #lengthComputable: boolean;
  #loaded: number;
  #total: number;

  constructor(type: string, init?: EventInit & { lengthComputable?: boolean; loaded?: number; total?: number }) {
    super(type, init);
    this.#lengthComputable = Boolean(init?.lengthComputable);
    this.#loaded = Number(init?.loaded ?? 0);
    this.#total = Number(init?.total ?? 0);
  }
  get lengthComputable(): boolean {
    return this.#lengthComputable;
  }
  get loaded(): number {
    return this.#loaded;
  }
  get total(): number {
    return this.#total;
  }
}
defineInterface(ProgressEvent, "ProgressEvent");
defineLengths(ProgressEvent, { constructor: 1 });
