// MessageChannel, MessagePort and BroadcastChannel between objects of one thread.
// Messages are structured clones, delivered in tasks of their own, in order.

import { DOMException } from "crust:web/dom_exception";
import { defineEventHandler, dispatchTrusted, Event, EventTarget } from "crust:web/events";
import { MessageEvent } from "crust:web/event_types";
import { cloneValue } from "crust:web/structured_clone";
import { clearTimeout, setImmediate, setInterval } from "crust:web/timers";
import type { Timeout } from "crust:web/timers";
import { codedTypeError, defineInterface, defineLengths, defineTransfer, isObject, requireArguments, toDOMString } from "crust:web/webidl";

const CREATE = Symbol("create MessagePort");
// A timer this long stands for "waits for messages" towards the event loop.
const FOREVER = 0x7fffffff;

interface Message {
  data: unknown;
  ports: MessagePort[];
}

/** What of a port moves when the port is transferred. */
class PortState {
  other: PortState | null = null;
  owner: MessagePort | null = null;
  queue: Message[] = [];
  started = false;
  scheduled = false;
  /** Set when the other side has closed: this side does so behind its last message. */
  ending = false;
}

function deliver(state: PortState): void {
  state.scheduled = false;
  const owner = state.owner;
  const message = state.started ? state.queue.shift() : undefined;
  if (owner === null || message === undefined) {
    return;
  }
  schedule(state);
  endWhenEmpty(state);
  dispatchTrusted(owner, new MessageEvent("message", { data: message.data, ports: message.ports }));
}

function schedule(state: PortState): void {
  if (!state.scheduled && state.started && state.queue.length > 0) {
    state.scheduled = true;
    setImmediate(deliver as (...args: unknown[]) => unknown, state);
  }
}

function endWhenEmpty(state: PortState): void {
  if (state.ending && (state.queue.length === 0 || !state.started)) {
    setImmediate(() => state.owner?.close());
  }
}

let entangle: (first: MessagePort, second: MessagePort) => void;
let movePort: (port: MessagePort) => MessagePort;

export class MessagePort extends EventTarget {
  #state: PortState | null = new PortState();
  #keepAlive: Timeout | null = null;
  #refed = true;

  static {
    entangle = (first, second) => {
      const [one, two] = [first.#state as PortState, second.#state as PortState];
      one.other = two;
      two.other = one;
      one.owner = first;
      two.owner = second;
    };
    movePort = (port) => {
      const state = port.#state;
      if (state === null) {
        throw new DOMException("A detached MessagePort could not be transferred.", "DataCloneError");
      }
      const moved = new MessagePort(CREATE);
      port.#detach();
      moved.#state = state;
      state.owner = moved;
      return moved;
    };
  }

  constructor(token?: symbol) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
    super();
  }

  postMessage(message: unknown, options?: { transfer?: Iterable<object> } | Iterable<object>): void {
    requireArguments(arguments.length, 1);
    const transfer = transferList(options);
    if (transfer.includes(this)) {
      throw new DOMException("A port cannot be transferred through itself.", "DataCloneError");
    }
    const { data, ports } = cloneMessage(message, transfer);
    const target = this.#state?.other;
    if (target !== null && target !== undefined) {
      target.queue.push({ data, ports });
      schedule(target);
    }
  }

  start(): void {
    const state = this.#state;
    if (state === null || state.started) {
      return;
    }
    state.started = true;
    this.#keepAlive = setInterval(() => undefined, FOREVER);
    if (!this.#refed) {
      this.#keepAlive.unref();
    }
    schedule(state);
  }

  close(): void {
    const state = this.#state;
    if (state === null) {
      return;
    }
    this.#detach();
    const other = state.other;
    state.other = null;
    setImmediate(() => dispatchTrusted(this, new Event("close")));
    if (other !== null) {
      other.other = null;
      other.ending = true;
      endWhenEmpty(other);
    }
  }

  #detach(): void {
    if (this.#state !== null) {
      this.#state.owner = null;
      this.#state.started = false;
    }
    this.#state = null;
    clearTimeout(this.#keepAlive ?? undefined);
    this.#keepAlive = null;
  }

  /** Node's extension: the port keeps the process alive, which is the default once it is started. */
  ref(): void {
    this.#refed = true;
    this.#keepAlive?.ref();
  }
  unref(): void {
    this.#refed = false;
    this.#keepAlive?.unref();
  }
  hasRef(): boolean {
    return this.#keepAlive !== null && this.#refed;
  }
}
defineInterface(MessagePort, "MessagePort");
defineTransfer(MessagePort, movePort);
defineLengths(MessagePort, { constructor: 0, postMessage: 1 });
defineEventHandler(MessagePort.prototype, "message", (port) => (port as MessagePort).start());
defineEventHandler(MessagePort.prototype, "messageerror");
defineEventHandler(MessagePort.prototype, "close");

export interface MessagePort {
  onmessage: ((event: Event) => unknown) | null;
}

function transferList(options: unknown): object[] {
  if (options === undefined || options === null) {
    return [];
  }
  if (!isObject(options)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", "The transfer list must be an array or an object with a transfer list");
  }
  if (typeof (options as Iterable<object>)[Symbol.iterator] === "function") {
    return [...(options as Iterable<object>)];
  }
  const { transfer } = options as { transfer?: Iterable<object> };
  return transfer === undefined ? [] : [...transfer];
}

// The walk gives each transferred port its new object, in the order of the list.
function cloneMessage(message: unknown, transfer: object[]): Message {
  const listed = transfer.filter((entry) => entry instanceof MessagePort);
  const holder = cloneValue({ data: message, ports: listed }, transfer) as Message;
  return holder;
}

/** Two ports, each the other's peer. */
export class MessageChannel {
  #port1 = new MessagePort(CREATE);
  #port2 = new MessagePort(CREATE);

  constructor() {
    entangle(this.#port1, this.#port2);
  }
  get port1(): MessagePort {
    return this.#port1;
  }
  get port2(): MessagePort {
    return this.#port2;
  }
}
defineInterface(MessageChannel, "MessageChannel");

const channels = new Map<string, Set<BroadcastChannel>>();

export class BroadcastChannel extends EventTarget {
  #name: string;
  #keepAlive: Timeout | null;

  constructor(name: string) {
    requireArguments(arguments.length, 1);
    super();
    this.#name = toDOMString(name);
    this.#keepAlive = setInterval(() => undefined, FOREVER);
    const members = channels.get(this.#name) ?? new Set();
    members.add(this);
    channels.set(this.#name, members);
  }

  get name(): string {
    return this.#name;
  }

  postMessage(message: unknown): void {
    requireArguments(arguments.length, 1);
    if (this.#keepAlive === null) {
      throw new DOMException("BroadcastChannel is closed.", "InvalidStateError");
    }
    for (const member of channels.get(this.#name) ?? []) {
      if (member !== this) {
        const data = cloneValue(message, []);
        setImmediate(() => member.#receive(data));
      }
    }
  }

  #receive(data: unknown): void {
    if (this.#keepAlive !== null) {
      dispatchTrusted(this, new MessageEvent("message", { data }));
    }
  }

  close(): void {
    clearTimeout(this.#keepAlive ?? undefined);
    this.#keepAlive = null;
    const members = channels.get(this.#name);
    members?.delete(this);
    if (members?.size === 0) {
      channels.delete(this.#name);
    }
  }

  /** Node's extension, as on MessagePort. */
  ref(): this {
    this.#keepAlive?.ref();
    return this;
  }
  unref(): this {
    this.#keepAlive?.unref();
    return this;
  }
}
defineInterface(BroadcastChannel, "BroadcastChannel");
defineEventHandler(BroadcastChannel.prototype, "message");
defineEventHandler(BroadcastChannel.prototype, "messageerror");
