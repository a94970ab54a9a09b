// The sockets of this program by their native number, and whom their events go to: one function for all, so that a
// socket costs an entry of a table. Never knows what an event means to a program.

import * as native from "crust:ops/net";
import { Buffer } from "crust:node/buffer";

/** What a class of sockets does with their events; `owner` is the socket. Absent: nothing, as it cannot happen.
 * Errors are negative numbers of the system or error objects of TLS. */
export interface SocketEvents {
  connected?(owner: any, errno: number | undefined): void;
  data?(owner: any, bytes: Uint8Array): void;
  end?(owner: any): void;
  drain?(owner: any): void;
  failed?(owner: any, error: number | Error): void;
  secured?(owner: any): void;
  finished?(owner: any): void;
}

/** What a listener does with its events. */
export interface ListenerEvents {
  accepted(id: number): void;
  refused(errno: number): void;
}

const sockets: unknown[] = [];
const tables: (SocketEvents | undefined)[] = [];
const listeners: (ListenerEvents | undefined)[] = [];

const CONNECTED = 0;
const DATA = 1;
const END = 2;
const DRAINED = 3;
const FAILED = 4;
const SECURED = 5;
const ACCEPTED = 6;
const REFUSED = 7;
const FINISHED = 8;

native.onSocketEvent((id: number, kind: number, value: any): void => {
  if (kind === ACCEPTED || kind === REFUSED) {
    const listener = listeners[id];
    if (kind === REFUSED) listener?.refused(-value);
    else if (listener === undefined) native.socketClose(value, true);
    else listener.accepted(value);
    return;
  }
  const events = tables[id];
  if (events === undefined) {
    native.socketClose(id, true);
    return;
  }
  const owner = sockets[id];
  switch (kind) {
    case DATA: return events.data?.(owner, value);
    case DRAINED: return events.drain?.(owner);
    case END: return events.end?.(owner);
    case CONNECTED: return events.connected?.(owner, value === undefined ? undefined : -value);
    case FAILED: return events.failed?.(owner, typeof value === "number" ? -value : value);
    case SECURED: return events.secured?.(owner);
    case FINISHED: return events.finished?.(owner);
  }
});

export function own(id: number, owner: unknown, events: SocketEvents): void {
  sockets[id] = owner;
  tables[id] = events;
}

/** Closes a socket and forgets it; its number may be another's at once. */
export function release(id: number, reset: boolean): void {
  sockets[id] = undefined;
  tables[id] = undefined;
  native.socketClose(id, reset);
}

export function ownListener(id: number, events: ListenerEvents): void {
  listeners[id] = events;
}

export function releaseListener(id: number): void {
  listeners[id] = undefined;
  native.listenerClose(id);
}

/** The owners of open sockets that `wanted` says yes to. */
export function ownersWhere<T>(wanted: (owner: unknown) => owner is T): T[] {
  return sockets.filter(wanted);
}

/** The bytes of an event as a Buffer, without a copy. */
export function toBuffer(bytes: Uint8Array): any {
  return Buffer.from(bytes.buffer as any, bytes.byteOffset, bytes.byteLength);
}
