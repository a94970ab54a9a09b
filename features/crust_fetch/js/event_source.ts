// EventSource of the HTML standard: one connection at a time, opened again when it ends. Parsing is native.

import { eventStreamClose, eventStreamFeed, eventStreamOpen } from "crust:ops/fetch";
import { createSignal, abortSignal } from "crust:web/abort";
import type { AbortSignal } from "crust:web/abort";
import { DOMException } from "crust:web/dom_exception";
import { encodeUtf8 } from "crust:web/encoding";
import { MessageEvent } from "crust:web/event_types";
import { defineEventHandler, dispatchTrusted, Event, EventTarget } from "crust:web/events";
import { Request } from "crust:web/request";
import type { Response } from "crust:web/response";
import { normalizeUrl, URL } from "crust:web/url";
import { defineInterface, defineLengths, requireArguments, toDictionary, toUSVString } from "crust:web/webidl";
import { Ending } from "crust:fetch/exchange";
import { networkFetch } from "crust:fetch/network";
import { readOptions } from "crust:fetch/options";

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;
// What browsers wait before they connect again, in milliseconds; the longest timer is the limit of what a stream sets.
const RECONNECTION_TIME = 3000;
const LONGEST_TIME = 0x7fffffff;

let nextId = 1;

export class EventSource extends EventTarget {
  readonly #url: string;
  readonly #withCredentials: boolean;
  readonly #signal: AbortSignal = createSignal();
  #readyState = CONNECTING;
  #lastEventId = "";
  #reconnectionTime = RECONNECTION_TIME;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string | URL, init?: { withCredentials?: boolean }) {
    requireArguments(arguments.length, 1);
    super();
    const { withCredentials } = toDictionary<{ withCredentials?: boolean }>(init, "eventSourceInitDict");
    const href = normalizeUrl(toUSVString(url));
    if (href === null) {
      throw new DOMException(`EventSource cannot parse the URL "${String(url)}"`, "SyntaxError");
    }
    this.#url = href;
    this.#withCredentials = Boolean(withCredentials);
    void this.#connect();
  }

  get url(): string {
    return this.#url;
  }
  get withCredentials(): boolean {
    return this.#withCredentials;
  }
  get readyState(): number {
    return this.#readyState;
  }

  close(): void {
    this.#readyState = CLOSED;
    clearTimeout(this.#timer);
    abortSignal(this.#signal);
  }

  // A task of its own: listeners are added after the constructor.
  async #connect(): Promise<void> {
    try {
      const response = await this.#request();
      if (response === null) {
        this.#fail();
        return;
      }
      this.#announce();
      await this.#receive(response);
    } catch {
      // Whatever ended the connection, it is made again.
    }
    this.#reconnect();
  }

  // The response, or null if it is no event stream, which ends everything.
  async #request(): Promise<Response | null> {
    const headers: Record<string, string> = { accept: "text/event-stream", "cache-control": "no-cache" };
    if (this.#lastEventId !== "") {
      headers["last-event-id"] = String.fromCharCode(...encodeUtf8(this.#lastEventId));
    }
    const request = new Request(this.#url, { headers });
    if (!this.#url.startsWith("http:") && !this.#url.startsWith("https:")) {
      return null;
    }
    const options = await readOptions(null, true, this.#url);
    options.timeout = 0;
    const response = await networkFetch(request, { url: this.#url, authorization: null, options }, new Ending(this.#signal, false, undefined));
    const type = response.headers.get("content-type") ?? "";
    if (response.status !== 200 || !/^\s*text\/event-stream\s*(;|$)/i.test(type)) {
      await response.body?.cancel();
      return null;
    }
    return response;
  }

  async #receive(response: Response): Promise<void> {
    const id = nextId++;
    const { origin } = new URL(response.url);
    eventStreamOpen(id, this.#lastEventId);
    const stream = response.body;
    try {
      for await (const chunk of stream ?? []) {
        this.#take(eventStreamFeed(id, chunk as Uint8Array) as unknown[], origin);
        if (this.#readyState === CLOSED) {
          return;
        }
      }
    } finally {
      eventStreamClose(id);
    }
  }

  #take(answer: unknown[], origin: string): void {
    this.#lastEventId = answer[0] as string;
    if ((answer[1] as number) >= 0) {
      this.#reconnectionTime = Math.min(answer[1] as number, LONGEST_TIME);
    }
    for (let index = 2; index < answer.length && this.#readyState !== CLOSED; index += 3) {
      const [type, data, lastEventId] = answer.slice(index, index + 3) as [string, string, string];
      dispatchTrusted(this, new MessageEvent(type, { data, origin, lastEventId }));
    }
  }

  #announce(): void {
    if (this.#readyState !== CLOSED) {
      this.#readyState = OPEN;
      dispatchTrusted(this, new Event("open"));
    }
  }

  #fail(): void {
    if (this.#readyState !== CLOSED) {
      this.#readyState = CLOSED;
      dispatchTrusted(this, new Event("error"));
    }
  }

  #reconnect(): void {
    if (this.#readyState === CLOSED) {
      return;
    }
    this.#readyState = CONNECTING;
    dispatchTrusted(this, new Event("error"));
    if ((this.#readyState as number) !== CLOSED) {
      this.#timer = setTimeout(() => void this.#connect(), this.#reconnectionTime);
    }
  }
}

type Handler<E> = ((this: EventSource, event: E) => unknown) | null;
export interface EventSource {
  onopen: Handler<Event>;
  onmessage: Handler<MessageEvent>;
  onerror: Handler<Event>;
}
defineInterface(EventSource, "EventSource");
defineLengths(EventSource, { constructor: 1 });
for (const type of ["open", "message", "error"]) {
  defineEventHandler(EventSource.prototype, type);
}
for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSED })) {
  for (const target of [EventSource, EventSource.prototype]) {
    Object.defineProperty(target, name, { value, enumerable: true });
  }
}
