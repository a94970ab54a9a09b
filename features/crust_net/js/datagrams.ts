// The UDP sockets of this program by their native number, and whom their events go to.

import * as native from "crust:ops/net";

/** What a class of sockets does with their events; `owner` is the socket. */
export interface DatagramEvents {
  message(owner: any, bytes: Uint8Array, address: string, port: number, truncated: boolean): void;
  drain(owner: any): void;
  failed(owner: any, errno: number): void;
}

interface Entry {
  owner: unknown;
  events: DatagramEvents;
  /** Whom the last datagram came from: the native does not repeat it. */
  peer: string;
}

const entries: (Entry | undefined)[] = [];

const MESSAGE = 0;
const DRAINED = 1;

native.onDatagramEvent((id: number, kind: number, value: any, address: string | undefined, port: number, truncated: boolean): void => {
  const entry = entries[id];
  if (entry === undefined) return;
  if (kind === MESSAGE) {
    if (address !== undefined) entry.peer = address;
    entry.events.message(entry.owner, value, entry.peer, port, truncated);
  } else if (kind === DRAINED) entry.events.drain(entry.owner);
  else entry.events.failed(entry.owner, -value);
});

export function own(id: number, owner: unknown, events: DatagramEvents): void {
  entries[id] = { owner, events, peer: "" };
}

export function release(id: number): void {
  entries[id] = undefined;
  native.datagramClose(id);
}
